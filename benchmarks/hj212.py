"""Claim: the HJ 212 gateway holds tens of thousands of connections and takes thousands of frames a second on 2 cores.

    python -m benchmarks.hj212 [--frames 100000] [--connections 10000] [--seconds 10] [--json]

No parser of HJ 212 has a published figure to stand beside, so this one's are told by stage, on one core: bytes into
frames with their check; frames into fields; fields into the values of reading events; and fields and values the careful
way, which frames with doubts go. Frames are minute data of five factors, 414 bytes each, every one different.

Then a gateway process with a real broker and database: idle connections held and the memory each costs; and frames
through it, from send to acknowledgement, each acknowledged after Kafka has confirmed all of its readings. Sender,
gateway, broker and database share the machine's cores. At the end the broker has as many readings as were acknowledged.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, cast

import psutil
import uvloop
from confluent_kafka import Consumer, TopicPartition

from benchmarks import report
from benchmarks.rig import Rig, rig
from deploy.ports import choose, is_open
from gateways.hj212 import datum, frame, shapes, simulated
from gateways.hj212.cutter import Cutter
from gateways.hj212.frame import Frame
from gateways.hj212.readings import of_segment
from gateways.hj212.segment import careful, parse
from huiliu.division import DivisionCode
from huiliu.open_files import many_files
from schemas.topics import intake_topic
from sinks import devices
from sinks.devices import Device

_DIVISION = DivisionCode("340100")
_FACTORS = ("a34013", "a21026", "a21002", "a19001")
_MN = "010000A8900016F000100000"
_PIECE = 32 * 1024  # bytes fed to the cutter at a time, as the gateway's sockets give at most
_AT_ONCE = 200  # connections being opened at a time
_COUNTED = 10.0  # seconds for the gateway to have counted its connections: it does every two
_UNDER_WAY = 16  # frames of one monitor sent and not acknowledged
_EXPECTED = 10_000  # frames a second that are made beforehand
_ANSWER = re.compile(rb"##[0-9]{4}QN=([0-9]{17});ST=91;CN=([0-9]{4});")


@dataclass(frozen=True)
class Stage:
    """One core, from memory."""

    what: str
    frames: int
    seconds: float
    frames_per_second: float
    mb_per_second: float


def main() -> None:
    arguments = _arguments()
    frames = [_frame(number) for number in range(arguments.frames)]
    rows, agree = _parsing(frames)
    figures: dict[str, Any] = {"frame_bytes": len(frames[0])}
    with rig() as hub:
        figures |= _held(hub, arguments.connections)
        through, exact = _through(hub, arguments.devices, arguments.seconds)
        figures |= through
    kept = agree and exact
    report.tell("hj212", rows, {**figures, "exact": kept}, as_json=arguments.json, kept=kept)


def _frame(number: int, mn: str = _MN) -> bytes:
    day, second = 1 + number // 86_400 % 28, number % 86_400
    time_ = f"202601{day:02d}{second // 3600:02d}{second // 60 % 60:02d}{second % 60:02d}"
    value = number % 997 / 10
    data = ";".join(
        f"{code}-Min={value:.2f},{code}-Avg={value + 1:.2f},{code}-Max={value + 2:.2f},{code}-Flag=N"
        for code in _FACTORS
    )
    flow = f"a00000-Avg={value * 100:.1f},a00000-Cou={value * 6000:.1f},a00000-Flag=N"
    head = f"QN={time_}123;ST=31;CN=2051;PW=123456;MN={mn};Flag=5;"
    return frame.build(f"{head}CP=&&DataTime={time_};{data};{flow}&&".encode())


def _parsing(frames: list[bytes]) -> tuple[list[Stage], bool]:
    stream, size = b"".join(frames), sum(map(len, frames))

    def cut() -> list[Frame]:
        cutter = Cutter()
        found = []
        for at in range(0, len(stream), _PIECE):
            found += cutter.feed(stream[at : at + _PIECE])
        return [one for one in found + cutter.end() if isinstance(one, Frame)]

    rows, pieces = [], _timed(cut, "cut and check", len(frames), size)
    rows.append(pieces[0])
    fields = _timed(lambda: [parse(one.segment) for one in pieces[1]], "fields", len(frames), size)
    rows.append(fields[0])
    values = _timed(lambda: [shapes.values(one, _DIVISION, 1) for one in fields[1]], "values", len(frames), size)
    rows.append(values[0])
    seconds = sum(row.seconds for row in rows[:2])
    rows.append(Stage("parse: cut, check, fields", len(frames), seconds, len(frames) / seconds, size / seconds / 1e6))
    seconds = sum(row.seconds for row in rows[:3])
    rows.append(Stage("all: bytes to values", len(frames), seconds, len(frames) / seconds, size / seconds / 1e6))
    careful = _timed(lambda: [_carefully(one.segment) for one in pieces[1]], "the careful way", len(frames), size)
    rows.append(careful[0])
    return rows, len(pieces[1]) == len(frames) and values[1] == careful[1]


def _carefully(segment: bytes) -> list[bytes]:
    """Fields, events and values of a frame as of one that leaves doubts."""
    return datum.encode(of_segment(careful(segment), _DIVISION, 1).events)


def _timed(work: Callable[[], Any], what: str, frames: int, size: int) -> tuple[Stage, Any]:
    """In processor time of this process, which has one thread: others on the machine do not count."""
    began = time.process_time()
    found = work()
    seconds = time.process_time() - began
    return Stage(what, frames, seconds, frames / seconds, size / seconds / 1e6), found


@contextlib.contextmanager
def _gateway(hub: Rig, **environ: str) -> Iterator[tuple[int, int, psutil.Process]]:
    """A gateway process: its ports for monitors and for metrics."""
    port, probe = choose(), choose()
    settings = {
        **hub.environ("gateway"),
        "HUILIU_HJ212_PORT": str(port),
        "HUILIU_METRICS_PORT": str(probe),
        "HUILIU_HJ212_PER_ADDRESS": "100000",
        "HUILIU_HJ212_FRAMES_PER_SECOND": "100000",
        **environ,
    }
    with subprocess.Popen(
        [sys.executable, "-m", "gateways.hj212.server"], env=settings, stderr=subprocess.DEVNULL
    ) as process:
        try:
            deadline = time.monotonic() + 60
            while not is_open(port):
                if process.poll() is not None or time.monotonic() > deadline:
                    raise SystemExit("the gateway did not start")
                time.sleep(0.1)
            yield port, probe, psutil.Process(process.pid)
        finally:
            process.terminate()


def _prepared(hub: Rig, mns: list[str]) -> None:
    hub.publish([_DIVISION], ["reading"])
    with hub.warehouse.batch() as connection:
        for mn in mns:
            devices.put(connection, Device(mn=mn, division=_DIVISION))


def _held(hub: Rig, wanted: int) -> dict[str, Any]:
    """Open connections, each with one frame acknowledged, all held at the same time."""
    mns = simulated.numbers(_MN, max(2, wanted))
    _prepared(hub, mns)
    many_files()
    with _gateway(hub) as (port, probe, process):
        before = process.memory_info().rss
        began = time.monotonic()
        held, answered = asyncio.run(_hold(port, mns[:wanted], lambda: _connections(probe)))
        after = process.memory_info().rss
        return {
            "connections_held": held,
            "of_them_answered": answered,
            "kib_per_connection": (after - before) / 1024 / max(1, held),
            "seconds_to_open": time.monotonic() - began,
        }


async def _hold(port: int, mns: list[str], count: Callable[[], int]) -> tuple[int, int]:
    room, answered, open_ = asyncio.Semaphore(_AT_ONCE), 0, list[asyncio.StreamWriter]()

    async def one(number: int, mn: str) -> None:
        nonlocal answered
        async with room:
            local = (f"127.0.{number // 20_000 + 1}.1", 0)
            reader, writer = await asyncio.open_connection("127.0.0.1", port, local_addr=local)
            open_.append(writer)
            head = f"QN=20260101000000123;ST=31;CN=9015;PW=123456;MN={mn};Flag=9;CP=&&&&"
            writer.write(frame.build(head.encode()))
            heard = await asyncio.wait_for(reader.read(4096), 30)
            answered += b"CN=9014" in heard

    await asyncio.gather(*(one(number, mn) for number, mn in enumerate(mns)))
    held, deadline = await asyncio.to_thread(count), time.monotonic() + _COUNTED
    while held < len(mns) and time.monotonic() < deadline:
        await asyncio.sleep(0.2)
        held = await asyncio.to_thread(count)
    for writer in open_:
        writer.close()
    return held, answered


def _connections(probe: int) -> int:
    return int(_metric(probe, "huiliu_hj212_connections"))


def _metric(probe: int, name: str) -> float:
    with urllib.request.urlopen(f"http://127.0.0.1:{probe}/metrics", timeout=30) as answer:
        lines = answer.read().decode().splitlines()
    return next(float(line.split()[-1]) for line in lines if line.startswith(f"{name} "))


def _through(hub: Rig, monitors: int, seconds: float) -> tuple[dict[str, Any], bool]:
    """As many frames as the gateway acknowledges from these many monitors: many of each under way, then one."""
    mns = simulated.numbers(_MN, monitors)
    with _gateway(hub, HUILIU_HJ212_FRAMES_PER_SECOND="100000") as (port, probe, process):
        flood, exact = _load(hub, port, process, mns, seconds, _UNDER_WAY)
        calm, exactly = _load(hub, port, process, mns, seconds / 4, 1)
        readings = _end(hub, intake_topic(_DIVISION, "reading"))
        exact = exact and exactly and _metric(probe, "huiliu_hj212_readings_total") == readings
    waiting = {f"one_each_{name}": value for name, value in calm.items() if "_ms_" in name or "to_kafka" in name}
    return {"monitors": monitors, **flood, **waiting, "cores": os.cpu_count()}, exact


def _load(
    hub: Rig, port: int, process: psutil.Process, mns: list[str], seconds: float, under_way: int
) -> tuple[dict[str, Any], bool]:
    topic, each = intake_topic(_DIVISION, "reading"), int(seconds * _EXPECTED / len(mns))
    loads = [[_frame(number, mn) for number in range(each)] for mn in mns]
    before, cpu, own = _end(hub, topic), sum(process.cpu_times()[:2]), time.process_time()
    began = time.monotonic()
    waits = sorted(uvloop.run(_sent(port, loads, under_way)))
    took = time.monotonic() - began
    used, own = sum(process.cpu_times()[:2]) - cpu, time.process_time() - own
    readings = _end(hub, topic) - before
    figures = {
        "in_flight": len(mns) * under_way,
        "acknowledged_frames": len(waits),
        "frames_per_second_to_kafka": len(waits) / took,
        "readings_per_second_to_kafka": readings / took,
        "frames_per_second_of_gateway_core": len(waits) / used,
        "cores_of_senders": own / took,
        "acknowledged_ms_p50": waits[len(waits) // 2] * 1000,
        "acknowledged_ms_p99": waits[int(len(waits) * 0.99)] * 1000,
    }
    return figures, readings == 5 * len(waits) and len(waits) == each * len(mns)


class _Sender(asyncio.Protocol):
    """One monitor with its frames made beforehand: it keeps so many under way, and counts acknowledgements by QN."""

    def __init__(self, frames: list[bytes], under_way: int, done: asyncio.Future[None]) -> None:
        self._frames, self._most, self._done = frames, under_way, done
        self._transport: asyncio.Transport | None = None
        self._unread, self._next = b"", 0
        self._under_way: dict[bytes, float] = {}
        self.waits: list[float] = []

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._go_on()

    def data_received(self, data: bytes) -> None:
        now, (*answers, self._unread) = time.monotonic(), (self._unread + data).split(b"\r\n")
        for answer in answers:
            qn, acknowledgement = _ANSWER.match(answer).groups()  # type: ignore[union-attr]
            assert acknowledgement == b"9014"
            self.waits.append(now - self._under_way.pop(qn))
        self._go_on()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self._done.done():
            self._done.set_exception(exc or ConnectionError("the gateway hung up"))

    def _go_on(self) -> None:
        assert self._transport is not None
        more = self._frames[self._next : self._next + self._most - len(self._under_way)]
        if more:
            now = time.monotonic()
            self._under_way.update((frame_[9:26], now) for frame_ in more)
            self._next += len(more)
            self._transport.write(b"".join(more))
        elif not self._under_way:
            if not self._done.done():
                self._done.set_result(None)
            self._transport.close()


async def _sent(port: int, loads: list[list[bytes]], under_way: int) -> list[float]:
    """All monitors at once; the seconds from sending to acknowledgement of each frame."""
    loop = asyncio.get_running_loop()
    senders = []
    for frames in loads:
        done = loop.create_future()
        sender = _Sender(frames, under_way, done)
        senders.append((sender, done))
        await loop.create_connection(lambda sender=sender: sender, "127.0.0.1", port)  # type: ignore[misc]
    await asyncio.gather(*(done for _, done in senders))
    return [wait for sender, _ in senders for wait in sender.waits]


def _end(hub: Rig, topic: str) -> int:
    consumer = Consumer({**hub.endpoints.kafka.librdkafka(), "group.id": "hj212-benchmark"})
    try:
        partitions = consumer.list_topics(topic, timeout=10).topics[topic].partitions
        return sum(consumer.get_watermark_offsets(TopicPartition(topic, one), timeout=10)[1] for one in partitions)
    finally:
        consumer.close()


def _arguments() -> Any:
    parser = report.parser(__doc__)
    parser.add_argument("--frames", type=int, default=100_000)
    parser.add_argument("--connections", type=int, default=10_000)
    parser.add_argument("--devices", type=int, default=100)
    parser.add_argument("--seconds", type=float, default=10.0)
    return parser.parse_args()


if __name__ == "__main__":
    main()
