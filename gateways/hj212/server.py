"""The HJ 212 gateway as a process: listens for monitors, publishes for their divisions, until it is told to stop.

python -m gateways.hj212.server        with HUILIU_KAFKA and HUILIU_DATABASE; `huiliu up` sets them
"""

from __future__ import annotations

import asyncio
import gc
import logging
import logging.config
import os
import signal
import socket
import stat
import sys
import threading
import time
from collections.abc import Callable, Coroutine, Mapping
from contextlib import suppress
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import Any, Final, NamedTuple

from aiokafka.errors import KafkaError

from gateways.hj212 import counting, limits, sm4
from gateways.hj212.admission import Admission
from gateways.hj212.connection import Connection
from gateways.hj212.gateway import Gateway
from gateways.hj212.limits import PORT, Limits
from gateways.hj212.publishing import Publishing
from gateways.hj212.reassembly import Reassembly
from gateways.hj212.unfinished import Unfinished
from huiliu import process
from huiliu.errors import SettingError
from huiliu.exposition import Exposition
from huiliu.kafka import Cluster
from huiliu.language import text
from huiliu.open_files import many_files
from huiliu.settings import Settings
from sinks import devices
from sinks.errors import WarehouseError
from sinks.warehouse import Warehouse

logger = logging.getLogger(__name__)

#: Seconds to wait for Kafka's confirmations when told to stop, between two tries to reach Kafka at the start, and
#: between two times of writing down when monitors were heard.
_FAREWELL, _AGAIN, _NOTE = 15.0, 2.0, 10.0
#: Frames in a row that Kafka did not take: past this its client is beyond help, and a new process starts afresh.
_HOPELESS: Final = 200
#: Seconds without a turn of the event loop after which the process counts as dead.
_LOOP_PATIENCE: Final = 60.0
EX_SOFTWARE: Final = 70
#: Open files that are no monitors' connections: libraries, Kafka, the database, logs.
_OTHER_FILES: Final = 256


class Reason(StrEnum):
    """Why the gateway is ready or not."""

    READY = "ready"
    STARTING = "starting"  #: Kafka or the register has not answered yet
    KAFKA_SLOW = "kafka_slow"  #: Kafka does not confirm what it was sent


class Verdict(NamedTuple):
    """``seconds``: how long nothing has been right."""

    ready: bool
    reason: Reason
    seconds: float


class Health:
    """What probes are told; asked from other threads."""

    def __init__(self, oldest: Callable[[], float], patience: float) -> None:
        self._oldest, self._patience = oldest, patience
        self._began = self.turned = time.monotonic()
        self.started = False

    @property
    def alive(self) -> bool:
        """Whether the event loop still turns."""
        return time.monotonic() - self.turned < _LOOP_PATIENCE

    def verdict(self) -> Verdict:
        """Whether frames are taken and confirmed."""
        if not self.started:
            return Verdict(False, Reason.STARTING, time.monotonic() - self._began)
        waited = self._oldest()
        return Verdict(False, Reason.KAFKA_SLOW, waited) if waited > self._patience else Verdict(True, Reason.READY, 0)


def keys(file: Path | None) -> Mapping[str, bytes]:
    """SM4 keys by name, from lines ``name key``; only a file that nobody else may read. Raises SettingError."""
    if file is None:
        return {}
    allowed = text(
        "仅本人可读（0600）的文件，每行：名称 密钥", "a file only its owner may read (0600), lines: name key"
    )
    try:
        if stat.S_IMODE(file.stat().st_mode) & 0o077:
            raise SettingError("HUILIU_HJ212_KEYS", str(file), allowed)
        lines = [line.split() for line in file.read_text("utf-8").splitlines() if line.strip() and line[0] != "#"]
        return {name: sm4.key(value) for name, value in lines}
    except (OSError, ValueError) as fault:
        raise SettingError("HUILIU_HJ212_KEYS", str(file), allowed) from fault


class Server:
    """The gateway with its surroundings: Kafka, register, probes, the listening socket."""

    def __init__(self, kafka: Cluster, database: str, settings: Settings) -> None:
        self._settings = settings
        self._warehouse = Warehouse(database)
        self._publishing = Publishing(kafka)
        self._admission = Admission(keys(settings.hj212_keys))
        self._health = Health(self._publishing.oldest, settings.stall_seconds)
        self._fingerprint: object = None
        bounds = Limits(
            connections=settings.hj212_connections,
            per_address=settings.hj212_per_address,
            frames_per_second=float(settings.hj212_frames_per_second),
            burst=4.0 * settings.hj212_frames_per_second,
            idle=float(settings.hj212_idle_seconds),
        )
        age = float(settings.hj212_packet_seconds)
        clock_ms = settings.hj212_clock_seconds * 1000
        self.gateway = Gateway(self._publishing, self._admission, bounds, clock_ms, Reassembly(age=age))
        self._unfinished = Unfinished(kafka, self._publishing, self._admission, self.gateway.open, age)
        self.code = 0

    async def run(self) -> int:
        """Serve until SIGTERM or SIGINT; the process's exit code."""
        told = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, told.set)
        self._expose()
        starting = asyncio.ensure_future(self._start())
        await asyncio.wait([starting, asyncio.ensure_future(told.wait())], return_when=asyncio.FIRST_COMPLETED)
        if told.is_set():
            starting.cancel()
            return 0
        starting.result()
        listener = await self._listen(loop)
        tasks = [asyncio.ensure_future(one) for one in self._lasting(told)]
        for task in tasks:
            task.add_done_callback(lambda ended: self._ended(ended, told))
        try:
            await told.wait()
        finally:
            listener.close()
            for task in tasks:
                task.cancel()
            await self._farewell()
        return self.code

    def _lasting(self, told: asyncio.Event) -> list[Coroutine[Any, Any, None]]:
        return [self._sweeping(told), self._following(), self._noting(), self._unfinished.run()]

    def _ended(self, task: asyncio.Future[None], told: asyncio.Event) -> None:
        """A task that should last has ended: an unknown fault stops the process, loudly."""
        if not task.cancelled() and task.exception() is not None:
            logger.critical("The gateway ends with a fault of ours", exc_info=task.exception())
            self.code = EX_SOFTWARE
            told.set()

    async def _start(self) -> None:
        """Kafka and the register must have answered once; until they do, no monitor is let in."""
        while True:
            try:
                await self._publishing.start()
                break
            except (KafkaError, OSError) as fault:
                logger.warning("Kafka does not answer yet: %s", fault)
                with suppress(KafkaError, OSError):
                    await self._publishing.stop()
                await asyncio.sleep(_AGAIN)
        while not await self._refresh():
            await asyncio.sleep(_AGAIN)
        self._health.started = True

    async def _listen(self, loop: asyncio.AbstractEventLoop) -> asyncio.Server:
        host, port = self._settings.hj212_host, self._settings.hj212_port or PORT
        listening = await loop.run_in_executor(None, listen, host, port)
        server = await loop.create_server(lambda: Connection(self.gateway), sock=listening, backlog=4096)
        logger.info("HJ 212: listening on %s:%d for %d monitors", host, port, len(self._admission))
        return server

    async def _sweeping(self, told: asyncio.Event) -> None:
        while True:
            self._health.turned = time.monotonic()
            self.gateway.sweep()
            counting.READY.set(self._health.verdict().ready)
            if self._publishing.fault is not None:
                raise self._publishing.fault  # an unknown fault stops the process, with everything kept by its senders
            if self._publishing.failed_in_a_row > _HOPELESS:
                logger.critical("Kafka took none of the last %d frames: starting afresh", _HOPELESS)
                self.code = EX_SOFTWARE
                told.set()
            await asyncio.sleep(limits.SWEEP)

    async def _following(self) -> None:
        """Follow the register; while the warehouse is away the last one known is good."""
        while True:
            await asyncio.sleep(self._settings.refresh_seconds)
            await self._refresh()

    async def _refresh(self) -> bool:
        try:
            found = await asyncio.to_thread(self._register)
        except WarehouseError as fault:
            logger.warning("The register cannot be read, the last one known goes on: %s", fault)
            return False
        if found is not None:
            self._admission.replace(found)
            counting.DEVICES.set(len(self._admission))
        return True

    def _register(self) -> list[devices.Device] | None:
        with self._warehouse.read() as connection:
            fingerprint = devices.fingerprint(connection)
            if fingerprint == self._fingerprint:
                return None
            found = devices.admitted(connection, registered=self._settings.hj212_admit == "REGISTERED")
        self._fingerprint = fingerprint
        return found

    async def _noting(self) -> None:
        while True:
            await asyncio.sleep(_NOTE)
            await self._note()

    async def _note(self) -> None:
        seen = self.gateway.seen()
        if seen:
            try:
                await asyncio.to_thread(self._keep, seen)
            except WarehouseError as fault:
                logger.warning("When monitors were heard cannot be written down now: %s", fault)

    def _keep(self, seen: Mapping[str, devices.Seen]) -> None:
        with self._warehouse.batch() as connection:
            devices.keep_seen(connection, seen.values())

    async def _farewell(self) -> None:
        """What was read gets its confirmation and its acknowledgement, within a deadline; then all hang up."""
        deadline = time.monotonic() + _FAREWELL
        while self._publishing.waiting and time.monotonic() < deadline:
            await asyncio.sleep(0.05)
        for connection in list(self.gateway.connections):
            connection.shed("stopping", politely=True)
        with suppress(KafkaError, TimeoutError):
            await asyncio.wait_for(self._publishing.stop(), max(1.0, deadline - time.monotonic()))
        await self._note()
        self._warehouse.close()

    def _expose(self) -> None:
        host, port = self._settings.metrics_host, self._settings.metrics_port or 0
        try:
            served = Exposition(host, port, counting.REGISTRY, self._health)
        except OSError as fault:
            logger.error("Metrics cannot be served on %s:%s: %s", host, port, fault)
            return
        served.start()
        logger.info("Metrics, readiness and liveness: %s/metrics /ready /live", served.address)


def listen(host: str, port: int) -> socket.socket:
    """The listening socket; buffers of its connections stay small, so that many of them fit into memory.

    Raises SettingError when the address cannot be listened on.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, limits.RECEIVE)
    try:
        listening.bind((host, port))
    except OSError as fault:
        listening.close()
        allowed = text(f"可监听的地址和空闲端口（{fault.strerror}）", f"an address and a free port ({fault.strerror})")
        raise SettingError("HUILIU_HJ212_PORT", f"{host}:{port}", allowed) from fault
    return listening


def run(kafka: Cluster, database: str, settings: Settings) -> int:
    """Run the gateway until it is told to stop; the process's exit code."""
    import uvloop

    logging.config.dictConfig(process.logging_config({"kafka": "WARNING", "aiokafka": "WARNING"}))
    held = many_files() - _OTHER_FILES
    if held < settings.hj212_connections:
        logger.warning("The system allows %d connections, not %d: raise its limit of open files (ulimit -n)", held,
                       settings.hj212_connections)  # fmt: skip
        settings = replace(settings, hj212_connections=max(1, held))
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)  # what a frame leaves is no rubbish in circles: looking for some costs a tenth
    server = Server(kafka, database, settings)
    try:
        return uvloop.run(server.run())
    except SettingError as fault:
        logger.critical("%s", fault)
        return 2


if __name__ == "__main__":
    code = process.begin(run)
    logging.shutdown()
    if threading.active_count() > 1:
        os._exit(code)  # a client's thread holds nobody up
    sys.exit(code)
