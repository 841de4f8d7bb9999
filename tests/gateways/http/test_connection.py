"""Whoever connects and sends no whole request is sent away; whoever does is not."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Iterator

import pytest
import uvicorn
from fastapi import FastAPI

from deploy.ports import choose
from gateways.http import registry_routes
from gateways.http.connection import Punctual
from tests.conftest import until


class Hasty(Punctual):
    patience = 0.5


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    app = FastAPI()
    app.include_router(registry_routes.router)
    config = uvicorn.Config(app, host="127.0.0.1", port=choose(), log_level="error", http=Hasty, timeout_keep_alive=5)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    until(lambda: server.started, "the server listens")
    yield config.port
    server.should_exit = True
    thread.join(10)


@pytest.mark.parametrize("drops", [[], [b"GET /config HTTP/1.1\r\n", *[b"x-drop: 1\r\n"] * 20]])
def test_a_head_that_does_not_come_ends_the_connection(drops: list[bytes], port: int) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=10) as peer:
        began = time.monotonic()
        for drop in drops:
            try:
                peer.sendall(drop)
            except OSError:
                break
            time.sleep(0.05)
        with contextlib.suppress(ConnectionResetError):
            assert peer.recv(1) == b""
        assert time.monotonic() - began < 5


def whole(peer: socket.socket) -> bytes:
    """An answer whose body is a JSON object: its head and its body may come apart."""
    answer = b""
    while not answer.endswith(b"}"):
        piece = peer.recv(4096)
        assert piece, answer
        answer += piece
    return answer


def test_requests_with_pauses_longer_than_that_between_them_are_answered(port: int) -> None:
    request = b"GET /config HTTP/1.1\r\nhost: x\r\n\r\n"
    with socket.create_connection(("127.0.0.1", port), timeout=10) as peer:
        for _ in range(2):
            peer.sendall(request)
            assert whole(peer).startswith(b"HTTP/1.1 200")
            time.sleep(0.8)
        peer.sendall(request)
        assert whole(peer).startswith(b"HTTP/1.1 200")
