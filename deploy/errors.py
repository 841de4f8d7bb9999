"""What can go wrong while parts are fetched, started, watched and stopped.

HuiliuError
└── DeployError
    ├── JavaError     no usable Java runtime
    ├── JarsError     Kafka's jars cannot be fetched, or are not what was pinned
    ├── HeldError     another process runs this instance
    ├── PartError     a part did not become ready, or ended by itself
    ├── AccountError  PostgreSQL must not run as root and no account can be made for it
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


class TopicError(DeployError):
    """A topic cannot be made; the message names it and the cluster's reason."""
