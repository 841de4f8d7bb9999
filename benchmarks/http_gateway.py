"""Claim: what comes by HTTP is acknowledged by the ten thousand a second, and its receipt follows soon.

    python -m benchmarks.http_gateway [--events 200000] [--seconds 20] [--rate 2000] [--json]

Readings of one publisher as JSON, sent to a gateway process as delivered (TLS and rate limits aside): in batches of a
thousand over four connections, the same compressed, and one event a request over 64 connections. Every event counts
when its 202 has come, so when all replicas have it and the submission is in the database.

The limit, in the same run: librdkafka alone, with the very bytes that the gateway makes of these events.

Then, with a worker, from sending a request to its receipt: batches of a hundred at a fixed rate; an event's time runs
from the moment its request was due until a consumer has the receipt that holds its offset.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import gzip
import os
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import orjson
from confluent_kafka import Consumer, TopicPartition

from benchmarks import report
from benchmarks.mixture import Mixture, mixture
from benchmarks.rig import BenchmarkError, Rig, rig
from benchmarks.usage import Usage, watched
from deploy.ports import choose, is_open
from gateways.http.events import records
from schemas.contract import contract
from schemas.decode import decode
from schemas.event_json import to_json
from schemas.topics import intake_topic, parse_intake, receipts_topic
from simulation.publication import Publication
from sinks import credentials, outbox

_BATCH, _BATCHES_AT_ONCE, _SINGLES_AT_ONCE = 1_000, 4, 64
_SINGLES = 20_000
_PACED = 100
SECRET = "benchmark"
_UNLIMITED = {"HUILIU_HTTP_EVENTS_PER_SECOND": "10000000", "HUILIU_HTTP_REQUESTS_PER_SECOND": "1000000"}


@dataclass(frozen=True)
class Speed:
    """``processor``: cores that the gateway used."""

    what: str
    events: int
    seconds: float
    events_per_second: float
    of_the_limit: float
    processor: float


@dataclass
class Gateway:
    """A gateway process that listens on loopback."""

    port: int
    usage: Usage
    login: str

    def request(self, body: bytes, media: str = "application/x-ndjson", encoding: str = "") -> bytes:
        """A whole request, as it goes over the wire."""
        packed = f"content-encoding: {encoding}\r\n" if encoding else ""
        head = (
            f"POST /v1/events/reading HTTP/1.1\r\nhost: gateway\r\nauthorization: {self.login}\r\n"
            f"content-type: {media}\r\n{packed}content-length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body


def main() -> None:
    arguments = _arguments()
    city, lines = readings(arguments.events + int(arguments.rate * arguments.seconds))
    with rig() as hub:
        hub.publish([city], ["reading", "registration"])
        with hub.warehouse.batch() as connection:
            credentials.keep(connection, city, SECRET)  # type: ignore[arg-type]
        hub.send(registered(city))
        fast = _publications(city, lines[: arguments.events])
        limit = _limit(hub, fast)
        with gateway_of(hub, city, _UNLIMITED) as gateway:
            speeds = [
                Speed("librdkafka alone: limit", len(fast), limit, len(fast) / limit, 1.0, 0.0),
                *_speeds(gateway, lines[: arguments.events], len(fast) / limit),
            ]
            waits = _receipts(hub, gateway, city, lines[arguments.events :], arguments.rate)
    figures = {
        "receipt_events_per_second": arguments.rate,
        "receipt_p50": float(np.quantile(waits, 0.5)),
        "receipt_p99": float(np.quantile(waits, 0.99)),
        "receipt_maximum": float(waits.max()),
        "receipt_events": len(waits),
    }
    report.tell("http_gateway", speeds, figures, as_json=arguments.json)


def _arguments() -> argparse.Namespace:
    parser = report.parser(__doc__)
    parser.add_argument("--events", type=int, default=200_000, help="sent as fast as it goes")
    parser.add_argument("--rate", type=int, default=2_000, help="events a second while receipts are waited for")
    parser.add_argument("--seconds", type=float, default=20.0, help="of sending at that rate")
    return parser.parse_args()


@cache
def _mixture() -> Mixture:
    return mixture(200_000)


def registered(*cities: str) -> list[Publication]:
    """The outlets of these cities: without them their readings would wait."""
    return [one for one in _mixture().registrations if one.topic.split(".")[1] in cities]


def readings(count: int, rank: int = 0) -> tuple[str, list[bytes]]:
    """A city and so many readings of it as JSON, all different: what it has too few of comes again as a revision.

    ``rank``: 0 for the city with the most readings, 1 for the next.
    """
    found = [one for one in _mixture().events if (topic := parse_intake(one.topic)) and topic.kind == "reading"]
    topics = Counter(one.topic for one in found)
    most = topics.most_common(rank + 1)[rank][0]
    values = list({one.value for one in found if one.topic == most})
    frame = decode("reading", values, record_bytes=1 << 62).frame.select(contract("reading").names)
    events = [to_json("reading", row) for row in frame.iter_rows(named=True)]
    lines = [
        orjson.dumps({**events[at % len(events)], "revision": events[at % len(events)]["revision"] + at // len(events)})
        for at in range(count)
    ]
    return most.split(".")[1], lines


def _publications(city: str, lines: Sequence[bytes]) -> list[Publication]:
    """The records that the gateway makes of these lines."""
    made = records("reading", [orjson.loads(line) for line in lines], 1 << 20)
    topic = intake_topic(city, "reading")
    return [Publication(topic, key, value, 0) for key, value in zip(made.keys, made.values, strict=True)]


def _limit(hub: Rig, publications: Sequence[Publication]) -> float:
    """Seconds that librdkafka takes for the very records."""
    began = time.perf_counter()
    hub.send(publications)
    return time.perf_counter() - began


@contextmanager
def gateway_of(hub: Rig, city: str, limits: Mapping[str, str]) -> Iterator[Gateway]:
    """A gateway process with these limits, spoken to as this city's publisher."""
    port = choose()
    environ = {**hub.environ("gateway"), **limits, "HUILIU_HTTP_PORT": str(port), "HUILIU_HTTP_EVENTS": "100000"}
    pair = base64.b64encode(f"{credentials.user_of(city)}:{SECRET}".encode()).decode()
    with (hub.folder / "gateway.log").open("ab") as log:
        process = subprocess.Popen([sys.executable, "-m", "gateways.http"], env={**os.environ, **environ}, stderr=log)
        try:
            deadline = time.monotonic() + 60
            while not is_open(port):
                if time.monotonic() > deadline or process.poll() is not None:
                    raise BenchmarkError(hub.log("gateway"))
                time.sleep(0.1)
            with watched(process.pid) as usage:
                gateway = Gateway(port, usage, f"Basic {pair}")
                asyncio.run(_warm(gateway))
                yield gateway
        finally:
            process.terminate()
            process.wait(60)


async def _warm(gateway: Gateway) -> None:
    """Until the gateway is ready: it has its broker and its database."""
    request = gateway.request(b"", "application/json").replace(b"POST /v1/events/reading", b"GET /ready")
    reader, writer = await asyncio.open_connection("127.0.0.1", gateway.port)
    while True:
        writer.write(request)
        status, _ = await answer_of(reader)
        if status == 200:
            break
        await asyncio.sleep(0.2)
    writer.close()
    await writer.wait_closed()


def _speeds(gateway: Gateway, lines: Sequence[bytes], limit: float) -> Iterator[Speed]:
    batches = [b"\n".join(lines[at : at + _BATCH]) for at in range(0, len(lines), _BATCH)]
    arrays = [gateway.request(b"[" + batch.replace(b"\n", b",") + b"]", "application/json") for batch in batches]
    packed = [gateway.request(gzip.compress(batch, 6), encoding="gzip") for batch in batches]
    singles = [gateway.request(line, "application/json") for line in lines[:_SINGLES]]
    for what, requests, events, at_once in (
        (
            f"HTTP, NDJSON, {_BATCH} a request",
            [gateway.request(batch) for batch in batches],
            len(lines),
            _BATCHES_AT_ONCE,
        ),
        (f"HTTP, JSON array, {_BATCH} a request", arrays, len(lines), _BATCHES_AT_ONCE),
        (f"HTTP, NDJSON gzip, {_BATCH} a request", packed, len(lines), _BATCHES_AT_ONCE),
        (f"HTTP, one a request, {_SINGLES_AT_ONCE} at once", singles, len(singles), _SINGLES_AT_ONCE),
    ):
        used, began = gateway.usage.processor_seconds, time.perf_counter()
        asyncio.run(_all(gateway.port, requests, at_once))
        seconds = time.perf_counter() - began
        cores = (gateway.usage.processor_seconds - used) / seconds
        yield Speed(what, events, seconds, events / seconds, events / seconds / limit, cores)


async def _all(port: int, requests: Sequence[bytes], at_once: int) -> None:
    """Send all, over so many connections. Raises BenchmarkError for an answer that is no 202."""
    left = iter(requests)

    async def connection() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for request in left:
            writer.write(request)
            status, body = await answer_of(reader)
            if status != 202:
                raise BenchmarkError(f"{status}: {body[:500]!r}")
        writer.close()
        await writer.wait_closed()

    await asyncio.gather(*(connection() for _ in range(at_once)))


async def answer_of(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    head = await reader.readuntil(b"\r\n\r\n")
    status = int(head.split(b" ", 2)[1])
    length = next(int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
    return status, await reader.readexactly(length)


def _receipts(hub: Rig, gateway: Gateway, city: str, lines: Sequence[bytes], rate: int) -> Any:
    """Seconds from due to receipt of each event, after a warm start."""
    with hub.worker():
        hub.drain()
        until_told(hub)
        seen = Receipts(hub, city)
        try:
            return seen.waits(asyncio.run(_paced(gateway, lines, rate)))
        finally:
            seen.stop()


def until_told(hub: Rig) -> None:
    """Until the receipts of what was sent before are all out: they would be waited for with the new ones."""
    deadline = time.monotonic() + 300
    while True:
        with hub.warehouse.read() as connection:
            if not outbox.waiting(connection):
                return
        if time.monotonic() > deadline:
            raise BenchmarkError("the relay does not get done")
        time.sleep(0.2)


async def _paced(gateway: Gateway, lines: Sequence[bytes], rate: int) -> list[tuple[float, int, int]]:
    """Send batches when they are due; (moment due, partition, offset) of each event."""
    found: list[tuple[float, int, int]] = []
    began = time.monotonic()

    async def one(due: float, batch: bytes) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", gateway.port)
        writer.write(gateway.request(batch))
        status, body = await answer_of(reader)
        writer.close()
        if status != 202:
            raise BenchmarkError(f"{status}: {body[:500]!r}")
        found.extend((due, place["partition"], place["offset"]) for place in orjson.loads(body)["events"])

    async with asyncio.TaskGroup() as tasks:
        for number, at in enumerate(range(0, len(lines), _PACED)):
            due = began + number * _PACED / rate
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            tasks.create_task(one(due, b"\n".join(lines[at : at + _PACED])))
    return found


class Receipts:
    """Reads a division's receipts as they come."""

    def __init__(self, hub: Rig, city: str) -> None:
        self._ends: dict[int, list[tuple[int, float]]] = {}
        self._stop = threading.Event()
        self._place = TopicPartition(receipts_topic(city), 0)
        self._thread = threading.Thread(target=self._read, args=(hub.endpoints.kafka.librdkafka(),))
        self._thread.start()

    def _read(self, kafka: dict[str, Any]) -> None:
        settings = {**kafka, "group.id": "benchmark", "enable.auto.commit": False, "fetch.wait.max.ms": 10}
        with closing(Consumer(settings)) as consumer:
            consumer.assign([TopicPartition(self._place.topic, 0, 0)])
            while not self._stop.is_set():
                message = consumer.poll(0.1)
                if message is None or message.error():
                    continue
                told = orjson.loads(message.value())
                end = told["next_offset"], time.monotonic()
                self._ends.setdefault(told["partition"], []).append(end)

    def waits(self, due: Sequence[tuple[float, int, int]]) -> Any:
        """Seconds from due to the first receipt that holds the offset. Raises BenchmarkError after a minute."""
        last = {partition: max(o for _, p, o in due if p == partition) for partition in {p for _, p, _ in due}}
        deadline = time.monotonic() + 60
        while any(max((end for end, _ in self._ends.get(p, [])), default=0) <= o for p, o in last.items()):
            if time.monotonic() > deadline:
                raise BenchmarkError("receipts are missing")
            time.sleep(0.1)
        found = []
        for moment, partition, offset in due:
            ends = self._ends[partition]
            at = int(np.searchsorted([end for end, _ in ends], offset, side="right"))
            found.append(ends[at][1] - moment)
        return np.array(found)

    def stop(self) -> None:
        self._stop.set()
        self._thread.join()


if __name__ == "__main__":
    main()
