"""kafka-python's admin client, so that nothing of it stays open, whatever happens."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Final

from huiliu.kafka import Cluster

if TYPE_CHECKING:
    from kafka.admin import KafkaAdminClient

#: Milliseconds in which a broker that is well answers one request.
_ANSWER_MS: Final = 2_000


@contextmanager
def admin(kafka: Cluster, timeout_ms: int) -> Iterator[KafkaAdminClient]:
    """An admin client of the cluster, closed after the block.

    ``timeout_ms``: for the first contact, and for each request (at least two seconds). Raises KafkaError, and OSError
    where no bootstrap server can be connected to.
    """
    _knock(kafka, timeout_ms / 1000)  # what nobody listens on would leave sockets open in the client
    from kafka.admin import KafkaAdminClient

    # Made in two steps: kafka-python forgets to close a client whose first contact fails.
    client = KafkaAdminClient.__new__(KafkaAdminClient)
    client._closed = False
    with closing(client):
        client.__init__(
            **kafka.kafka_python(),
            bootstrap_timeout_ms=timeout_ms,
            request_timeout_ms=max(timeout_ms, _ANSWER_MS),
        )
        yield client


def _knock(kafka: Cluster, timeout: float) -> None:
    """Raises OSError when no bootstrap server can be connected to within these seconds."""
    refused: OSError | None = None
    for server in kafka.servers:
        try:
            socket.create_connection(server, timeout).close()
            return
        except OSError as fault:
            refused = fault
    raise refused or OSError(str(kafka))
