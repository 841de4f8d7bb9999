"""One connection to one server of a cluster, for whoever wants to know why a client is not let in.

Clients try again and again where TLS or the login fails, and in the end say only that time is up; a connection says
what it met.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from huiliu.kafka import Cluster

if TYPE_CHECKING:
    from aiokafka.conn import AIOKafkaConnection


@asynccontextmanager
async def logged_in(
    server: tuple[str, int], cluster: Cluster, secret: str, client: str, seconds: float
) -> AsyncIterator[AIOKafkaConnection]:
    """A connection that has been let in, closed after the block. ``client``: the name that Kafka's log has of it.

    ``seconds``: for the answer to each request. Raises KafkaError, OSError, TimeoutError, ValueError.
    """
    from aiokafka.conn import AIOKafkaConnection

    connection = AIOKafkaConnection(
        *server,
        client_id=client,
        request_timeout_ms=int(seconds * 1000),
        security_protocol=cluster.security,
        ssl_context=cluster.tls() if cluster.encrypted else None,
        sasl_mechanism=cluster.mechanism if cluster.authenticated else None,
        sasl_plain_username=cluster.user,
        sasl_plain_password=secret if cluster.authenticated else None,
    )
    try:
        await connection.connect()
        yield connection
    finally:
        await asyncio.wait([connection.close()], timeout=1)
