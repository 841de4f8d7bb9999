"""HTTP for whoever looks after a process: ``/metrics`` for Prometheus, ``/ready`` and ``/live`` for probes.

Served by threads of its own from what its watch saw last, so that it answers whatever the event loop is doing, and a
caller that is slow holds up nobody but itself.
"""

from __future__ import annotations

import json
import logging
import threading
from enum import StrEnum
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socket import AF_INET6, has_ipv6
from typing import Any, Final, Protocol

from prometheus_client import CollectorRegistry
from prometheus_client.exposition import choose_encoder

logger = logging.getLogger(__name__)

#: Seconds for a caller to send its question.
_PATIENCE: Final = 5.0


class Verdict(Protocol):
    """Whether a process is ready: ``seconds`` for how long nothing has been right."""

    @property
    def ready(self) -> bool: ...

    @property
    def reason(self) -> StrEnum: ...

    @property
    def seconds(self) -> float: ...


class Watch(Protocol):
    """Who knows how a process is; asked from other threads than its own."""

    @property
    def alive(self) -> bool:
        """Whether it still does anything at all."""

    def verdict(self) -> Verdict:
        """Whether it does what it is for."""


class Exposition(ThreadingHTTPServer):
    """Listens from the moment it is made; ``address`` is where."""

    daemon_threads = True
    request_queue_size = 16

    def __init__(self, host: str, port: int, registry: CollectorRegistry, watch: Watch) -> None:
        """:raises OSError: the address cannot be listened on."""
        if has_ipv6 and ":" in host:
            self.address_family = AF_INET6
        super().__init__((host, port), _Answer)
        self.registry, self.watch = registry, watch

    @property
    def address(self) -> str:
        """As a URL without a path."""
        host, port = self.server_address[:2]
        shown = host.decode() if isinstance(host, bytes | bytearray) else host
        return f"http://{f'[{shown}]' if ':' in shown else shown}:{port}"

    def start(self) -> None:
        threading.Thread(target=self.serve_forever, name="metrics", daemon=True).start()

    def handle_error(self, request: Any, client_address: Any) -> None:
        logger.debug("A caller of the metrics went away: %s", client_address)


class _Answer(BaseHTTPRequestHandler):
    server: Exposition
    timeout = _PATIENCE
    server_version, sys_version = "huiliu", ""

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        answer = {"/metrics": self._metrics, "/ready": self._ready, "/live": self._live}.get(path)
        if answer is None:
            self._send(HTTPStatus.NOT_FOUND, "text/plain; charset=utf-8", b"/metrics /ready /live\n")
        else:
            answer()

    def do_HEAD(self) -> None:
        self.do_GET()

    def _metrics(self) -> None:
        encode, content_type = choose_encoder(self.headers.get("Accept", ""))
        self._send(HTTPStatus.OK, content_type, encode(self.server.registry))

    def _ready(self) -> None:
        verdict = self.server.watch.verdict()
        told = {"ready": verdict.ready, "reason": verdict.reason.value, "seconds": round(verdict.seconds, 3)}
        self._tell(verdict.ready, told)

    def _live(self) -> None:
        alive = self.server.watch.alive
        self._tell(alive, {"live": alive})

    def _tell(self, well: bool, told: dict[str, Any]) -> None:
        status = HTTPStatus.OK if well else HTTPStatus.SERVICE_UNAVAILABLE
        self._send(status, "application/json", json.dumps(told).encode() + b"\n")

    def _send(self, status: HTTPStatus, content_type: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, format: str, *arguments: Any) -> None:  # noqa: A002 (the name that http.server asks for)
        """A probe every few seconds is no news."""
