"""What can go wrong while parts are fetched, started, watched and stopped.

HuiliuError
└── DeployError
    ├── JavaError     no usable Java runtime
    ├── JarsError     Kafka's jars cannot be fetched, or are not what was pinned
    ├── HeldError     another process runs this instance
    ├── PartError     a part did not become ready, or ended by itself
    ├── AccountError  PostgreSQL must not run as root and no account can be made for it
    ├── AccessError   the cluster does not change who may do what
    │   └── NoAuthorizerError  nobody is asked for rules there
    ├── CertificateError  the broker's certificates cannot be read, or do not fit
    └── TopicError    the cluster refuses a topic
"""

from __future__ import annotations

from huiliu.errors import HuiliuError


class DeployError(HuiliuError):
    """A part of the embedded instance cannot be provided."""


class JavaError(DeployError):
    """There is no Java runtime that can run the broker."""


class JarsError(DeployError):
    """The broker's jars are not there, cannot be fetched, or differ from what is pinned."""


class HeldError(DeployError):
    """Another process holds this instance."""


class PartError(DeployError):
    """A part did not become ready in time, or ended by itself; the message ends with its log's last lines."""


class AccountError(DeployError):
    """PostgreSQL refuses to run as root and there is no account to run it as."""


class CertificateError(DeployError):
    """The broker's certificates cannot be read, do not fit, or have expired; the message names the files."""


class AccessError(DeployError):
    """The cluster does not change who may do what; the message has its reason."""


class NoAuthorizerError(AccessError):
    """The cluster has no authorizer: rules cannot be kept there, and everybody may do all."""


class TopicError(DeployError):
    """A topic cannot be made; the message names it and the cluster's reason."""
