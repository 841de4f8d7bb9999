"""Calling an application in this process, without a socket: one event loop, and httpx's ASGI transport."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager, contextmanager
from pathlib import Path
from typing import Any

import httpx
from fastapi import FastAPI

from deploy.ports import choose
from tests.conftest import Hub


class Caller:
    """Sends requests to an application, one after the other or several at once."""

    def __init__(self, runner: asyncio.Runner, client: httpx.AsyncClient) -> None:
        self._runner, self.client = runner, client

    def __call__(self, method: str, path: str, **more: Any) -> httpx.Response:
        return self._runner.run(self.client.request(method, path, **more))

    def get(self, path: str, **more: Any) -> httpx.Response:
        return self("GET", path, **more)

    def post(self, path: str, **more: Any) -> httpx.Response:
        return self("POST", path, **more)

    def together(self, *requests: tuple[str, str, dict[str, Any]]) -> list[httpx.Response]:
        async def all_of_them() -> list[httpx.Response]:
            asked = [self.client.request(method, path, **more) for method, path, more in requests]
            return await asyncio.gather(*asked)

        return self._runner.run(all_of_them())

    def run(self, coroutine: Any) -> Any:
        return self._runner.run(coroutine)


@contextmanager
def calling(app: FastAPI, life: AbstractAsyncContextManager[Any] | None = None) -> Iterator[Caller]:
    """The application, begun and ended as a server would."""
    with asyncio.Runner() as runner:
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        client = httpx.AsyncClient(transport=transport, base_url="http://gateway", timeout=60)
        if life is not None:
            runner.run(life.__aenter__())
        try:
            yield Caller(runner, client)
        finally:
            runner.run(client.aclose())
            if life is not None:
                runner.run(life.__aexit__(None, None, None))


class Gateway:
    """A gateway process on one port, killed and started again."""

    def __init__(self, hub: Hub, home: Path) -> None:
        self._hub, self._log, self._port = hub, home / "gateway.log", choose()
        self.address = f"http://127.0.0.1:{self._port}"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        more = {"HUILIU_DATABASE": self._hub.database, "HUILIU_HTTP_PORT": str(self._port)}
        with self._log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "gateways.http"],
                env={**os.environ, **self._hub.kafka.environ(), **more},
                stderr=log,
            )

    def ready(self) -> bool:
        try:
            return httpx.get(f"{self.address}/ready", trust_env=False).status_code == 200
        except httpx.TransportError:
            return False

    def end(self, farewell: signal.Signals) -> int:
        assert self.process is not None
        self.process.send_signal(farewell)
        return self.process.wait(60)

    def log(self) -> str:
        return self._log.read_text(errors="replace")
