"""Claim: a million readings from Kafka to committed rows, with everything on, at more than 30,000 events a second.

In the same run, on the same broker and database: the raw limit, which consumes, decodes by columns and copies into a
bare table, and does nothing else: no walk, no rules, no gate, no keys, no history, no rollups, no ledger, no
quarantine.

    python -m benchmarks.end_to_end [--events 1000000] [--json]

The readings have 2 % faults of all sorts, 1 % duplicates and 1 % corrections; they are sent by confluent-kafka before
the measuring begins, so both sides drain a backlog. The warehouse is then held against the answer key, line by line.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import psutil
from confluent_kafka import Producer

from benchmarks.raw_limit import drain
from deploy.cluster import behind
from deploy.endpoints import Endpoints
from deploy.instance import Instance
from deploy.topics import ensure, hub_topics, publisher_topics
from huiliu.division import DivisionCode
from simulation.answer_key import compare
from simulation.load import Load, million
from simulation.publication import Publication
from sinks import ledger, publishers, summary
from sinks.warehouse import Warehouse


@dataclass(frozen=True)
class Measured:
    """One side of the comparison. Processor seconds are of the process itself, memory its peak in MiB."""

    what: str
    events: int
    seconds: float
    events_per_second: float
    processor_seconds: float
    peak_mib: float
    exact: bool


def main() -> None:
    arguments = _arguments()
    load = million(arguments.events, cities=arguments.cities)
    with tempfile.TemporaryDirectory(prefix="huiliu-bench-") as folder:
        instance = Instance(Path(folder))
        with instance.running() as endpoints:
            warehouse = Warehouse(endpoints.database)
            topics = _prepare(endpoints, warehouse, load, arguments.partitions)
            send(endpoints.kafka, load.registrations)
            with worker(endpoints, Path(folder)):
                wait(endpoints.kafka, warehouse, topics)
            send(endpoints.kafka, load.messages)
            raw = drain(endpoints.kafka, endpoints.database, [one for one in topics if one.endswith(".reading")])
            ours = _hub(endpoints, warehouse, load, topics, Path(folder))
            warehouse.close()
    _tell(ours, Measured("raw limit: consume, decode, COPY", *raw, exact=True), as_json=arguments.json)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--cities", type=int, default=16, help="publishers, one topic of readings each")
    parser.add_argument("--partitions", type=int, default=4, help="partitions of a topic")
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


def _prepare(endpoints: Endpoints, warehouse: Warehouse, load: Load, partitions: int) -> list[str]:
    warehouse.migrate()
    kinds = ("registration", "reading")
    with warehouse.batch() as connection:
        for city in load.cities:
            publishers.add(connection, publishers.Publisher(division=DivisionCode(city), kinds=kinds))
        topics = publishers.topics(connection)
    names = [name for city in load.cities for name in publisher_topics(city, kinds)]
    ensure(endpoints.kafka, [*hub_topics(), *names], partitions)
    return topics


def send(kafka: str, publications: list[Publication]) -> None:
    """Send with librdkafka, as fast as it goes."""
    producer = Producer({"bootstrap.servers": kafka, "linger.ms": 20, "queue.buffering.max.messages": 2_000_000})
    for number, one in enumerate(publications):
        while True:
            try:
                producer.produce(one.topic, one.value, key=one.key)
                break
            except BufferError:
                producer.poll(0.1)
        if number % 10_000 == 0:
            producer.poll(0)
    if producer.flush(120):
        raise TimeoutError("not everything was delivered within 120 s")


@contextmanager
def worker(endpoints: Endpoints, folder: Path) -> Iterator[psutil.Process]:
    """A worker process; stopped when the block ends."""
    environ = {
        **os.environ,
        "HUILIU_KAFKA": endpoints.kafka,
        "HUILIU_DATABASE": endpoints.database,
        "HUILIU_HOME": str(folder / "worker"),
    }
    with (folder / "worker.log").open("ab") as log:
        process = subprocess.Popen([sys.executable, "-m", "streams.worker"], env=environ, stderr=log)
        try:
            yield psutil.Process(process.pid)
        finally:
            process.terminate()
            process.wait(60)


def wait(kafka: str, warehouse: Warehouse, topics: list[str]) -> None:
    """Until everything that the broker has is in the ledger."""
    while True:
        with warehouse.read() as connection:
            offsets = ledger.next_offsets(connection)
        if not sum(behind(kafka, topics, offsets).values()):
            return
        time.sleep(0.2)


def _hub(endpoints: Endpoints, warehouse: Warehouse, load: Load, topics: list[str], folder: Path) -> Measured:
    before = _loaded(warehouse)
    target = before + len(load.messages)
    with worker(endpoints, folder) as process, _watched(process) as peak:
        while (now := _loaded(warehouse)) == before:
            time.sleep(0.02)
        started, first, used = time.monotonic(), now, _processor(process)
        while _loaded(warehouse) < target:
            time.sleep(0.05)
        seconds = time.monotonic() - started
        processor = _processor(process) - used
    with warehouse.read() as connection:
        actual = summary.summary(connection)
    load.answer_key.add(_registered(load))
    events = target - first
    exact = not compare(load.answer_key, actual)
    return Measured("Huiliu, everything on", events, seconds, events / seconds, processor, peak[0], exact)


def _registered(load: Load) -> Any:
    from huiliu.outcome import Outcome
    from simulation.answer_key import AnswerKey

    key = AnswerKey()
    for one in load.registrations:
        key.count("registration", one.topic.split(".")[1], Outcome.ACCEPTED)
    return key


def _loaded(warehouse: Warehouse) -> int:
    with warehouse.read() as connection:
        return sum(ledger.next_offsets(connection).values())


def _processor(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


@contextmanager
def _watched(process: psutil.Process) -> Iterator[list[float]]:
    """The peak of a process's memory, MiB, in a list of one."""
    peak, stop = [0.0], threading.Event()

    def look() -> None:
        while not stop.wait(0.1) and process.is_running():
            peak[0] = max(peak[0], process.memory_info().rss / 2**20)

    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    try:
        yield peak
    finally:
        stop.set()
        thread.join()


def _tell(ours: Measured, limit: Measured, *, as_json: bool) -> None:
    ratio = ours.events_per_second / limit.events_per_second
    for one in (ours, limit):
        print(
            f"{one.what:36} {one.events:>10,} events {one.seconds:>7.2f} s {one.events_per_second:>10,.0f} events/s "
            f"{one.processor_seconds:>7.2f} s CPU {one.peak_mib:>7.0f} MiB  {'exact' if one.exact else 'NOT EXACT'}"
        )
    print(f"share of the raw limit: {ratio:.0%}")
    if as_json:
        print(json.dumps({"huiliu": asdict(ours), "raw_limit": asdict(limit), "share": ratio}))
    if not ours.exact:
        sys.exit(1)


if __name__ == "__main__":
    main()
