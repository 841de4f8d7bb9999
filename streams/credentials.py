"""Who a Faust app is at the cluster, as Faust says it."""

from __future__ import annotations

from typing import Any

from faust.auth import SASLCredentials, SSLCredentials

from huiliu.kafka import Cluster


def credentials(kafka: Cluster) -> Any:
    """For Faust's setting ``broker_credentials``; None where nobody asks. Raises SettingError."""
    if kafka.authenticated:
        return SASLCredentials(
            username=kafka.user,
            password=kafka.password(),
            mechanism=kafka.mechanism,
            ssl_context=kafka.tls() if kafka.encrypted else None,
        )
    return SSLCredentials(kafka.tls()) if kafka.encrypted else None
