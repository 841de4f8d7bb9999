"""Claim: while one publisher floods the HTTP gateway, another's p99 from send to receipt at most doubles.

    python -m benchmarks.http_fairness [--seconds 15] [--rate 20] [--flood 48] [--json]

One gateway process as delivered, its limits too, and one worker. A quiet publisher posts ten readings a request at a
fixed rate; an event's time runs from the moment its request was due until a consumer has the receipt that holds it.
First alone; then while another publisher, from a process of its own, sends as much as it can over many connections and
asks again at once whatever it is answered. What the flood got through is shown beside, so that fairness is not had by
taking nothing of it.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import multiprocessing
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection
from typing import Any

import numpy as np
import orjson

from benchmarks import report
from benchmarks.http_gateway import SECRET, Gateway, Receipts, answer_of, gateway_of, readings, registered, until_told
from benchmarks.rig import BenchmarkError, rig
from sinks import credentials

_GOAL_RATIO = 2.0
_EVENTS = 10  #: of a request of the quiet publisher
_FLOOD_EVENTS = 200  #: of every second request of the flood; the others bring one
_WARMING = 3.0


@dataclass(frozen=True)
class Quiet:
    """Seconds from due to acknowledged and to receipt of the quiet publisher; what the flood got a second."""

    what: str
    events: int
    acknowledged_p99: float
    receipt_p50: float
    receipt_p99: float
    maximum: float
    flood_events_per_second: float
    flood_refused_per_second: float


def main() -> None:
    arguments = _arguments()
    requests = int(arguments.rate * (arguments.seconds + _WARMING))
    city, lines = readings(2 * requests * _EVENTS)
    other, flood = readings(20_000, rank=1)
    with rig() as hub:
        hub.publish([city, other], ["reading", "registration"])
        with hub.warehouse.batch() as connection:
            for division in (city, other):
                credentials.keep(connection, division, SECRET)  # type: ignore[arg-type]
        with gateway_of(hub, city, {}) as gateway, hub.worker():
            hub.send(registered(city, other))
            hub.drain()
            seen = Receipts(hub, city)
            try:
                half = requests * _EVENTS
                alone = _measured(gateway, seen, lines[:half], arguments.rate, "alone")
                until_told(hub)
                with _Flood(gateway, other, flood, arguments.flood) as flooding:
                    time.sleep(_WARMING)
                    during = _measured(gateway, seen, lines[half:], arguments.rate, "while another floods")
                    during = flooding.told(during)
            finally:
                seen.stop()
    ratio = during.receipt_p99 / alone.receipt_p99
    figures = {"p99_ratio": ratio, "goal_ratio": _GOAL_RATIO, "reached": ratio <= _GOAL_RATIO}
    report.tell("http_fairness", [alone, during], figures, as_json=arguments.json)


def _arguments() -> argparse.Namespace:
    parser = report.parser(__doc__)
    parser.add_argument("--seconds", type=float, default=15.0, help="of measuring, each time")
    parser.add_argument("--rate", type=float, default=20.0, help="requests a second of the quiet publisher")
    parser.add_argument("--flood", type=int, default=48, help="connections of the flood")
    return parser.parse_args()


def _measured(gateway: Gateway, seen: Receipts, lines: Sequence[bytes], rate: float, what: str) -> Quiet:
    due, acknowledged = asyncio.run(_paced(gateway, lines, rate))
    waits = seen.waits(due)[int(rate * _WARMING) * _EVENTS :]
    p50, p99 = np.percentile(waits, [50, 99]).tolist()
    slow = float(np.percentile(acknowledged[int(rate * _WARMING) :], 99))
    return Quiet(what, len(waits), slow, p50, p99, float(waits.max()), 0.0, 0.0)


async def _paced(
    gateway: Gateway, lines: Sequence[bytes], rate: float
) -> tuple[list[tuple[float, int, int]], list[float]]:
    """(Moment due, partition, offset) of each event, and the seconds to each request's answer."""
    found: list[list[tuple[float, int, int]]] = []
    took: list[float] = []
    began = time.monotonic()

    async def one(number: int, due: float) -> None:
        batch = lines[number * _EVENTS : (number + 1) * _EVENTS]
        reader, writer = await asyncio.open_connection("127.0.0.1", gateway.port)
        writer.write(gateway.request(b"\n".join(batch)))
        status, body = await answer_of(reader)
        writer.close()
        if status != 202:
            raise BenchmarkError(f"{status}: {body[:500]!r}")
        found.append([(due, place["partition"], place["offset"]) for place in orjson.loads(body)["events"]])
        took.append(time.monotonic() - due)

    async with asyncio.TaskGroup() as tasks:
        for number in range(len(lines) // _EVENTS):
            due = began + number / rate
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            tasks.create_task(one(number, due))
    return [event for events in sorted(found) for event in events], took


class _Flood:
    """A publisher that sends as much as it can until it is told to stop."""

    def __init__(self, gateway: Gateway, city: str, lines: Sequence[bytes], connections: int) -> None:
        pair = base64.b64encode(f"{credentials.user_of(city)}:{SECRET}".encode()).decode()
        mine = replace(gateway, login=f"Basic {pair}")
        many = [mine.request(b"\n".join(lines[at : at + _FLOOD_EVENTS])) for at in range(0, 20_000, _FLOOD_EVENTS)]
        one = [mine.request(line) for line in lines[: len(many)]]
        self._here, there = multiprocessing.Pipe()
        arguments = (there, gateway.port, [*many, *one], connections)
        self._process = multiprocessing.get_context("spawn").Process(target=_flood, args=arguments)

    def __enter__(self) -> _Flood:
        self._process.start()
        self._here.recv()
        return self

    def told(self, quiet: Quiet) -> Quiet:
        """What it got through so far, a second."""
        self._here.send(True)
        events, refused, seconds = self._here.recv()
        return replace(quiet, flood_events_per_second=events / seconds, flood_refused_per_second=refused / seconds)

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.join()


def _flood(pipe: Connection, port: int, requests: Sequence[bytes], connections: int) -> None:
    asyncio.run(_flooding(pipe, port, requests, connections))


async def _flooding(pipe: Connection, port: int, requests: Sequence[bytes], connections: int) -> None:
    counts: Counter[str] = Counter()
    pipe.send(True)
    began = time.monotonic()

    async def connection(number: int) -> None:
        while True:
            try:
                reader, writer = await asyncio.open_connection("127.0.0.1", port)
                for at in range(1_000_000):
                    writer.write(requests[(number * 7 + at * 101) % len(requests)])
                    status, body = await answer_of(reader)
                    counts["events" if status == 202 else "refused"] += _count(status, body)
            except (OSError, asyncio.IncompleteReadError):
                counts["refused"] += 1
                await asyncio.sleep(0.05)

    running = [asyncio.create_task(connection(number)) for number in range(connections)]
    while not pipe.poll():
        await asyncio.sleep(0.2)
    pipe.send((counts["events"], counts["refused"], time.monotonic() - began))
    await asyncio.gather(*running)


def _count(status: int, body: bytes) -> Any:
    return orjson.loads(body)["sent"] if status == 202 else 1


if __name__ == "__main__":
    main()
