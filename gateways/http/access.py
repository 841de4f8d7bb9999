"""Around every request: an id, one line in the log, the counters, and an answer whatever happened.

A line says who asked for what and what came of it; never what was sent, and no secret.
"""

from __future__ import annotations

import logging
import time
import uuid
from typing import Any, Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gateways.http import metrics, problems
from gateways.http.problem import language_of

logger: Final = logging.getLogger("huiliu.http")


class Access:
    """ASGI middleware, outermost."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request; anything else passes."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if len(scope["path"]) > 1 and scope["path"].endswith("/"):
            scope["path"] = scope["path"].rstrip("/") or "/"
            scope.pop("raw_path", None)
        seen = _Seen(scope, send)
        try:
            await self._app(scope, receive, seen.send)
        except Exception:  # a fault of ours: told with its number, kept with its traceback, and the process goes on
            logger.exception("Request %s failed", seen.request)
            if not seen.status:
                answer = problems.fault(seen.request).answer(seen.request, language_of(None))
                await answer(scope, receive, seen.send)
        finally:
            seen.tell()


class _Seen:
    """One request, as far as it has come."""

    def __init__(self, scope: Scope, send: Send) -> None:
        self.request = uuid.uuid4().hex
        self.status = 0
        self._scope, self._send = scope, send
        self._began = time.perf_counter()
        self._told: dict[str, Any] = {}
        scope.setdefault("state", {}).update(request=self.request, told=self._told)

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            message.setdefault("headers", []).append((b"x-request-id", self.request.encode()))
        await self._send(message)

    def tell(self) -> None:
        """Count it and write the line."""
        seconds = time.perf_counter() - self._began
        route = getattr(self._scope.get("route"), "path", "(none)")
        metrics.REQUESTS.labels(route, str(self.status)).inc()
        metrics.SECONDS.labels(route).observe(seconds)
        if route in ("/live", "/ready", "/metrics"):
            return
        address = (self._scope.get("client") or ("-",))[0]
        more = "".join(f" {name}={value}" for name, value in self._told.items())
        logger.info(
            "%s %s %s %d %.1fms from=%s%s",
            self.request,
            self._scope["method"],
            _shown(self._scope["path"]),
            self.status,
            seconds * 1000,
            address,
            more,
        )


def _shown(path: str) -> str:
    """A path on one line, not too long."""
    return path[:200].encode("unicode_escape").decode()
