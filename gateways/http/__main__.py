"""``python -m gateways.http``: the HTTP gateway, in the foreground until it is told to stop.

It needs a broker and a warehouse (HUILIU_KAFKA, HUILIU_DATABASE) and starts neither. SIGTERM and SIGINT end it in
order: no new request, those under way are answered, what is on its way to Kafka is sent.
"""

from __future__ import annotations

import logging.config
import signal
import sys
from typing import Final

from gateways.http.app import build
from gateways.http.connection import Punctual
from huiliu import process
from huiliu.kafka import Cluster
from huiliu.settings import Settings
from sinks.warehouse import Warehouse

#: Seconds for requests under way to be answered after it is told to stop.
FAREWELL: Final = 25

#: Requests at once; more are answered 503 before anything of them is read.
REQUESTS: Final = 2_000

_LEVELS: Final = {"aiokafka": "ERROR", "uvicorn.access": "WARNING"}


def run(kafka: Cluster, database: str, settings: Settings) -> int:
    """Serve until told to stop; the exit code: 0 as told, 1 where the address cannot be listened on."""
    import uvicorn

    logging.config.dictConfig(process.logging_config(_LEVELS))
    warehouse = Warehouse(database)
    server = uvicorn.Server(
        uvicorn.Config(
            build(kafka, warehouse, settings),
            host=settings.http_host,
            port=settings.http_port or 0,
            http=Punctual,
            loop="uvloop" if sys.platform != "win32" else "asyncio",
            log_config=None,
            access_log=False,
            server_header=False,
            limit_concurrency=REQUESTS,
            timeout_graceful_shutdown=FAREWELL,
            ssl_certfile=settings.http_certificate,
            ssl_keyfile=settings.http_key,
        )
    )
    for number in (signal.SIGTERM, signal.SIGINT):
        # uvicorn ends in order by handlers of its own, then raises the signal once more for those it found.
        signal.signal(number, lambda *_: None)
    try:
        server.run()
    finally:
        warehouse.close()
    return 0 if server.started else 1


if __name__ == "__main__":
    sys.exit(process.begin(run))
