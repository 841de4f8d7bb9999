"""What every benchmark stands on: a broker and a warehouse of its own, publishers with topics, workers, a fast sender.

Nothing here is measured by itself, and nothing is simulated: the broker, the database and the worker are those that
``huiliu up`` runs, with their settings as delivered.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
from confluent_kafka import Producer
from psycopg import sql
from sqlalchemy import make_url

from benchmarks.usage import Usage, watched
from deploy.cluster import behind
from deploy.endpoints import Endpoints
from deploy.instance import Instance
from deploy.topics import ensure, hub_topics, publisher_topics
from huiliu.division import DivisionCode
from huiliu.kafka import Cluster
from simulation.publication import Publication
from sinks import ledger, publishers
from sinks.warehouse import Warehouse

#: Seconds without progress after which a benchmark gives up and shows the worker's log.
_PATIENCE = 180.0


class BenchmarkError(Exception):
    """A benchmark cannot go on; the message has the worker's last lines."""


@dataclass
class Rig:
    """One hub to measure. ``topics`` are the intake topics made so far."""

    endpoints: Endpoints
    warehouse: Warehouse
    folder: Path
    topics: list[str] = field(default_factory=list)

    def publish(self, divisions: Iterable[str], kinds: Sequence[str], partitions: int = 4) -> None:
        """Register these divisions as publishers and make their topics."""
        divisions = list(divisions)
        with self.warehouse.batch() as connection:
            for division in divisions:
                publishers.add(connection, publishers.Publisher(division=DivisionCode(division), kinds=tuple(kinds)))
            self.topics = publishers.topics(connection)
        names = [name for division in divisions for name in publisher_topics(division, kinds)]
        ensure(self.endpoints.kafka, [*hub_topics(), *names], partitions)

    def send(self, publications: Iterable[Publication]) -> None:
        """Send as fast as it goes; returns when the broker has everything."""
        send(self.endpoints.kafka, publications)

    def environ(self, name: str) -> dict[str, str]:
        """What a worker of this name needs to know."""
        return {
            **os.environ,
            **self.endpoints.kafka.environ(),
            "HUILIU_DATABASE": self.endpoints.database,
            "HUILIU_HOME": str(self.folder / name),
        }

    @contextmanager
    def worker(self, environ: Mapping[str, str] | None = None, name: str = "worker") -> Iterator[Usage]:
        """A worker process, watched; stopped when the block ends."""
        told = self.environ(name) | dict(environ or {})
        with (self.folder / f"{name}.log").open("ab") as log:
            process = subprocess.Popen([sys.executable, "-m", "streams.worker"], env=told, stderr=log)
            try:
                with watched(process.pid) as usage:
                    yield usage
            finally:
                process.terminate()
                process.wait(60)

    def loaded(self) -> int:
        """Offsets that the ledger has of all intake partitions."""
        with self.warehouse.read() as connection:
            return sum(ledger.next_offsets(connection).values())

    def loaded_by_topic(self) -> dict[str, int]:
        """The same for each topic."""
        found: dict[str, int] = {}
        with self.warehouse.read() as connection:
            for (topic, _), offset in ledger.next_offsets(connection).items():
                found[topic] = found.get(topic, 0) + offset
        return found

    def another_database(self, name: str) -> str:
        """The URL of a new, empty database beside the hub's, on the same server."""
        with psycopg.connect(self.endpoints.database, autocommit=True) as connection:
            connection.execute(sql.SQL("create database {}").format(sql.Identifier(name)))
        return make_url(self.endpoints.database).set(database=name).render_as_string(hide_password=False)

    def drain(self) -> None:
        """Until everything that the broker has is in the ledger. Raises BenchmarkError when it stands still."""
        before, moved = -1, time.monotonic()
        while True:
            with self.warehouse.read() as connection:
                offsets = ledger.next_offsets(connection)
            if not sum(behind(self.endpoints.kafka, self.topics, offsets).values()):
                return
            if (now := sum(offsets.values())) > before:
                before, moved = now, time.monotonic()
            if time.monotonic() - moved > _PATIENCE:
                raise BenchmarkError(f"{now:,} offsets loaded, then nothing:\n{self.log()}")
            time.sleep(0.2)

    def until_loaded(self, offsets: int, usage: Usage, every: float = 0.02) -> None:
        """Until so many offsets are in the ledger. Raises BenchmarkError when the worker died or stands still.

        ``every``: seconds between two looks; each costs the database about a millisecond.
        """
        before, moved = self.loaded(), time.monotonic()
        while (now := self.loaded()) < offsets:
            if now > before:
                before, moved = now, time.monotonic()
            if not usage.alive or time.monotonic() - moved > _PATIENCE:
                raise BenchmarkError(f"{now:,} of {offsets:,} offsets loaded, then nothing:\n{self.log()}")
            time.sleep(every)

    def log(self, name: str = "worker") -> str:
        """The last lines of a worker's log."""
        return (self.folder / f"{name}.log").read_text(errors="replace")[-4000:]


def send(kafka: Cluster, publications: Iterable[Publication]) -> None:
    """Send with librdkafka, as fast as it goes; returns when the broker has everything, else raises BenchmarkError."""
    producer = Producer({**kafka.librdkafka(), "linger.ms": 20, "queue.buffering.max.messages": 2_000_000})
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
        raise BenchmarkError("not everything was delivered within 120 s")


@contextmanager
def rig() -> Iterator[Rig]:
    """A fresh hub in a temporary folder, migrated, without publishers; gone when the block ends."""
    with tempfile.TemporaryDirectory(prefix="huiliu-bench-") as folder:
        instance = Instance(Path(folder))
        with instance.running() as endpoints:
            warehouse = Warehouse(endpoints.database)
            try:
                warehouse.migrate()
                yield Rig(endpoints, warehouse, Path(folder))
            finally:
                warehouse.close()
