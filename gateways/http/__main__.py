"""``python -m gateways.http``: the HTTP gateway, in the foreground until it is told to stop.

It needs a broker and a warehouse (HUILIU_KAFKA, HUILIU_DATABASE) and starts neither. SIGTERM and SIGINT end it in
order: no new request, those under way are answered, what is on its way to Kafka is sent.
"""

from __future__ import annotations

import logging.config
import signal
import ssl
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from gateways.http.app import build
from gateways.http.certificate import VARIABLES, Renewal
from gateways.http.connection import Punctual
from huiliu import process, tls_files
from huiliu.errors import SettingError
from huiliu.kafka import Cluster
from huiliu.language import text
from huiliu.settings import Settings
from sinks.warehouse import Warehouse

if TYPE_CHECKING:
    import uvicorn

#: Seconds for requests under way to be answered after it is told to stop.
FAREWELL: Final = 25

#: Requests at once; more are answered 503 before anything of them is read.
REQUESTS: Final = 2_000

_LEVELS: Final = {"aiokafka": "ERROR", "uvicorn.access": "WARNING"}


def run(kafka: Cluster, database: str, settings: Settings) -> int:
    """Serve until told to stop; the exit code: 0 as told, 1 where the address cannot be listened on."""
    import uvicorn

    logging.config.dictConfig(process.logging_config(_LEVELS))
    certificate, key = settings.http_certificate, settings.http_key
    if certificate is not None and key is not None:
        tls_files.require(certificate, key, VARIABLES)
    elif settings.http_tls == "OWN":
        told = text("经 huiliu up 或 huiliu gateway http 启动，由其签发证书",
                    "start it by huiliu up or huiliu gateway http: they issue the certificate")  # fmt: skip
        raise SettingError("HUILIU_HTTP_TLS", "own", told)
    warehouse = Warehouse(database)
    configuration = uvicorn.Config(
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
        ssl_certfile=certificate,
        ssl_keyfile=key,
    )
    server = uvicorn.Server(configuration)
    renewal = _renewal(configuration, certificate, key)
    for number in (signal.SIGTERM, signal.SIGINT):
        # uvicorn ends in order by handlers of its own, then raises the signal once more for those it found.
        signal.signal(number, lambda *_: None)
    try:
        server.run()
    finally:
        if renewal is not None:
            renewal.stop()
        warehouse.close()
    return 0 if server.started else 1


def _renewal(configuration: uvicorn.Config, certificate: Path | None, key: Path | None) -> Renewal | None:
    """Where there is TLS: what takes up a renewed certificate."""
    if certificate is None or key is None:
        return None
    configuration.load()
    if configuration.ssl is None:
        return None
    configuration.ssl.minimum_version = ssl.TLSVersion.TLSv1_2
    renewal = Renewal(configuration.ssl, certificate, key)
    renewal.start()
    return renewal


if __name__ == "__main__":
    sys.exit(process.begin(run))
