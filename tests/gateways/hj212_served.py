"""A gateway process beside a hub of real broker and database, and the monitors that it knows."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from deploy.ports import choose, is_open
from huiliu.division import DivisionCode
from sinks import devices
from sinks.credentials import Verifier
from sinks.devices import Device
from tests.conftest import Hub, until
from tests.gateways.hj212_gateway import HEFEI, MN


@dataclass
class Served:
    """A gateway process: its ports, and its metrics."""

    process: subprocess.Popen[bytes]
    port: int
    probe: int

    def metrics(self) -> str:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.probe}/metrics", timeout=5) as answer:
            return str(answer.read().decode())


@contextmanager
def served(hub: Hub, **environ: str) -> Iterator[Served]:
    port, probe = choose(), choose()
    log = (hub.home / "gateway.log").open("wb")
    process = subprocess.Popen(
        [sys.executable, "-m", "gateways.hj212.server"],
        env={
            **os.environ,
            **hub.kafka.environ(),
            "HUILIU_DATABASE": hub.database,
            "HUILIU_HJ212_PORT": str(port),
            "HUILIU_METRICS_PORT": str(probe),
            "HUILIU_REFRESH_SECONDS": "1",
            **environ,
        },
        stderr=log,
    )
    try:
        until(lambda: is_open(port) or process.poll() is not None, "the gateway listens")
        assert process.poll() is None, (hub.home / "gateway.log").read_text()
        yield Served(process, port, probe)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)
        log.close()


def ready(hub: Hub) -> None:
    hub.publish_for(HEFEI, "reading", "registration")
    with hub.warehouse.batch() as connection:
        devices.put(connection, Device(mn=MN, division=DivisionCode(HEFEI), verifier=Verifier.of("123456")))
