"""The schema registry over a socket, for clients that nobody here wrote."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from fastapi import FastAPI

from deploy.ports import choose
from gateways.http import registry_routes
from gateways.http.registry import RegistryError
from tests.conftest import until


@contextmanager
def registry_served() -> Iterator[str]:
    """The registry's URL; it is gone after the block."""
    app = FastAPI()
    app.include_router(registry_routes.router)
    app.add_exception_handler(RegistryError, lambda request, error: registry_routes.refused(error))  # type: ignore[arg-type]
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=choose(), log_level="error"))
    thread = threading.Thread(target=server.run)
    thread.start()
    until(lambda: server.started, "the registry listens")
    try:
        yield f"http://127.0.0.1:{server.config.port}"
    finally:
        server.should_exit = True
        thread.join(10)
