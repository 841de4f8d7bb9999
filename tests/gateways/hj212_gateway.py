"""A gateway in this process whose Kafka is a list, confirmed when a test says so; monitors speak to it over TCP."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any

from aiokafka.errors import KafkaError

from gateways.hj212 import frame
from gateways.hj212.admission import Admission
from gateways.hj212.connection import Connection
from gateways.hj212.cutter import Cutter
from gateways.hj212.frame import Check, Frame
from gateways.hj212.gateway import Gateway
from gateways.hj212.limits import Limits
from gateways.hj212.publishing import Decided
from gateways.hj212.records import Record
from gateways.hj212.segment import Segment, parse
from huiliu.division import DivisionCode
from sinks.credentials import Verifier
from sinks.devices import Device

MN = "010000A8900016F000169DC0"
HEFEI = DivisionCode("340100")
KNOWN = Device(mn=MN, division=HEFEI, verifier=Verifier.of("123456"), sm4_key="one")
KEY = b"0123456789abcdef"


class Log:
    """Stands for Kafka: keeps what it is sent; confirms at once, or when told."""

    def __init__(self) -> None:
        self.records: list[Record] = []
        self.undecided: list[Decided] = []
        self.confirming = True

    @property
    def waiting(self) -> int:
        return len(self.undecided)

    def send(self, records: Sequence[Record], decided: Decided) -> None:
        self.records += records
        if self.confirming:
            asyncio.get_running_loop().call_soon(decided, None)
        else:
            self.undecided.append(decided)

    def confirm(self, fault: KafkaError | None = None) -> None:
        """Decide everything that waits, from now on at once."""
        self.confirming = True
        waiting, self.undecided = self.undecided, []
        for decided in waiting:
            decided(fault)


class Monitor:
    """A monitor's end of a connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self.writer = reader, writer
        self._cutter = Cutter()
        self._heard: list[Segment] = []

    async def send(self, *data: bytes) -> None:
        for one in data:
            self.writer.write(one)
            await self.writer.drain()

    async def hear(self, patience: float = 5.0) -> Segment:
        """The next answer. Raises TimeoutError, and EOFError when the gateway has hung up."""
        while not self._heard:
            data = await asyncio.wait_for(self._reader.read(65_536), patience)
            if not data:
                raise EOFError
            for one in self._cutter.feed(data):
                assert isinstance(one, Frame)
                assert one.check is not Check.NONE
                self._heard.append(parse(one.segment))
        return self._heard.pop(0)

    async def silence(self, seconds: float = 0.15) -> bool:
        """Whether nothing comes for so long."""
        try:
            await self.hear(seconds)
        except TimeoutError:
            return True
        return False


class Stage:
    """The gateway, its log, and how to reach it."""

    def __init__(self, gateway: Gateway, log: Log, port: int) -> None:
        self.gateway, self.log, self.port = gateway, log, port
        self._monitors: list[Monitor] = []

    async def monitor(self) -> Monitor:
        found = Monitor(*await asyncio.open_connection("127.0.0.1", self.port))
        self._monitors.append(found)
        return found

    async def close(self) -> None:
        for monitor in self._monitors:
            monitor.writer.transport.abort()  # close would wait for what a peer that was shed has not read
        for monitor in self._monitors:
            with suppress(ConnectionError):
                await monitor.writer.wait_closed()


@asynccontextmanager
async def stage(*devices: Device, **limits: Any) -> AsyncIterator[Stage]:
    """A gateway for these devices (the known one by default)."""
    log = Log()
    admission = Admission({"one": KEY})
    admission.replace(devices or (KNOWN,))
    gateway = Gateway(log, admission, Limits(**limits), clock_ms=120_000)  # type: ignore[arg-type]
    server = await asyncio.get_running_loop().create_server(lambda: Connection(gateway), "127.0.0.1", 0)
    made = Stage(gateway, log, server.sockets[0].getsockname()[1])
    try:
        yield made
    finally:
        server.close()
        for connection in list(gateway.connections):
            connection.shed("stopping")
        await made.close()
        await asyncio.sleep(0)


def run(scene: Callable[[Stage], Awaitable[None]], *devices: Device, **limits: object) -> None:
    """Play a scene on a stage of its own."""

    async def played() -> None:
        async with stage(*devices, **limits) as made:
            await scene(made)

    asyncio.run(played())


async def until(condition: Callable[[], object], patience: float = 5.0) -> None:
    """Wait for a condition; fails after ``patience`` seconds."""
    deadline = time.monotonic() + patience
    while not condition():
        assert time.monotonic() < deadline, "not in time"
        await asyncio.sleep(0.01)


def segment(cn: str = "2011", cp: str = "DataTime=20260501000000;a34013-Rtd=1.5,a34013-Flag=N", **head: str) -> bytes:
    """A data segment of 2017 that asks for an answer."""
    told = {"QN": "20260501000000123", "ST": "31", "CN": cn, "PW": "123456", "MN": MN, "Flag": "5", **head}
    return (";".join(f"{key}={value}" for key, value in told.items() if value) + f";CP=&&{cp}&&").encode()


def sent(*arguments: str, check: Check = Check.STANDARD, **head: str) -> bytes:
    """The frame around :func:`segment`."""
    return frame.build(segment(*arguments, **head), check=check)
