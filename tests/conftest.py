"""What live tests share: one real broker and one real PostgreSQL for the session, and a hub of its own for each test.

A test that wants a hub asks for ``hub``: a fresh, migrated database, a broker without intake topics, and workers that
it starts and kills as it likes. Everything is stopped at the end, whatever happened.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest
from kafka import KafkaAdminClient
from psycopg.errors import ObjectInUse
from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError

from deploy.endpoints import Endpoints
from deploy.instance import Instance
from deploy.topics import ensure, hub_topics, publisher_topics
from huiliu.kafka import Cluster
from huiliu.settings import Settings
from sinks import ledger, publishers
from sinks.warehouse import Warehouse

#: How long a condition may take to become true on a busy machine, seconds.
PATIENCE = 150.0


def until(condition: Callable[[], object], what: str, patience: float = PATIENCE) -> None:
    """Wait for a condition, looking often; fails naming what was waited for."""
    deadline = time.monotonic() + patience
    while not condition():
        if time.monotonic() > deadline:
            pytest.fail(f"after {patience:.0f} s still not: {what}")
        time.sleep(0.1)


@pytest.fixture(scope="session")
def parts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Instance]:
    """Broker and PostgreSQL, started once."""
    instance = Instance(tmp_path_factory.mktemp("hub"))
    with instance.running() as endpoints:
        instance.endpoints = endpoints  # type: ignore[attr-defined]
        yield instance


@pytest.fixture(scope="session")
def template(parts: Instance) -> str:
    """The name of a migrated database, to make others from."""
    endpoints: Endpoints = parts.endpoints  # type: ignore[attr-defined]
    _sql(endpoints.database, "create database template_hub")
    warehouse = Warehouse(_named(endpoints.database, "template_hub"))
    warehouse.migrate()
    warehouse.close()
    return "template_hub"


@dataclass
class Hub:
    """A hub for one test."""

    kafka: Cluster
    database: str
    home: Path
    warehouse: Warehouse
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def publish_for(self, division: str, *kinds: str) -> None:
        """Register a publisher and make its topics."""
        with self.warehouse.batch() as connection:
            publishers.add(connection, publishers.Publisher(division=division, kinds=tuple(kinds)))
        self.make_topics(*publisher_topics(division, kinds))

    def make_topics(self, *names: str) -> None:
        ensure(self.kafka, [*names, *hub_topics()], partitions=2)

    def worker(self, **environ: str) -> subprocess.Popen[bytes]:
        """Start a worker process; its log is in the hub's home folder."""
        log = self.home / f"worker-{len(self.workers) + 1}.log"
        with log.open("wb") as sink:
            process = subprocess.Popen(
                [sys.executable, "-m", "streams.worker"],
                env={
                    **os.environ,
                    **self.kafka.environ(),
                    "HUILIU_DATABASE": self.database,
                    "HUILIU_HOME": str(self.home / f"worker-{len(self.workers) + 1}"),
                    "HUILIU_REFRESH_SECONDS": "2",
                    **environ,
                },
                stderr=sink,
            )
        self.workers.append(process)
        return process

    def loaded(self) -> int:
        """Offsets that the ledger has of all intake partitions."""
        with self.warehouse.read() as connection:
            return sum(ledger.next_offsets(connection, None).values())

    def wait_for(self, offsets: int, patience: float = PATIENCE) -> None:
        """Until so many offsets are in the ledger; fails early, with the log, if the last worker has died."""

        def there() -> bool:
            last = self.workers[-1]
            if last.poll() is not None:
                pytest.fail(f"the worker ended with {last.returncode}:\n{self.log()}")
            return self.loaded() >= offsets

        until(there, f"{offsets} offsets in the ledger (there are {self.loaded()})\n{self.log()}", patience)

    def log(self) -> str:
        return (self.home / f"worker-{len(self.workers)}.log").read_text(errors="replace")[-4000:]

    def stop(self) -> None:
        for process in self.workers:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
        for process in self.workers:
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


@pytest.fixture
def hub(parts: Instance, template: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Hub]:
    """A fresh hub: own database, no intake topics, no worker yet."""
    endpoints: Endpoints = parts.endpoints  # type: ignore[attr-defined]
    _forget_topics(endpoints.kafka)
    name = f"hub_{abs(hash(request.node.nodeid)) % 10**10}"
    _sql(endpoints.database, f"create database {name} template {template}")
    database = _named(endpoints.database, name)
    hub = Hub(endpoints.kafka, database, tmp_path, Warehouse(database))
    try:
        yield hub
    finally:
        hub.stop()
        hub.warehouse.close()
        _drop(endpoints.database, name)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path)


def _forget_topics(kafka: Cluster) -> None:
    """Delete every topic of an earlier test and wait until the broker has forgotten it."""
    with closing(KafkaAdminClient(**kafka.kafka_python())) as admin:
        ours = _ours(admin.list_topics())
        if ours:
            admin.delete_topics(ours)
        until(lambda: not _ours(admin.list_topics()), "topics of earlier tests deleted")


def _ours(names: Sequence[str]) -> list[str]:
    return [name for name in names if not name.startswith("__")]


def _drop(url: str, name: str) -> None:
    """Drop a database as soon as the last killed client's session has ended.

    Not ``with (force)``: that fails for whoever is no superuser while autovacuum is at work in the database. A plain
    drop sends autovacuum away by itself.
    """

    def dropped() -> bool:
        try:
            _sql(url, f"drop database {name}")
        except OperationalError as fault:
            if not isinstance(fault.orig, ObjectInUse):
                raise
            return False
        return True

    until(dropped, f"nobody in the database {name}")


def _sql(url: str, statement: str) -> None:
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://", 1), isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            connection.execute(text(statement))
    finally:
        engine.dispose()


def _named(url: str, database: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=f"/{database}"))


def rows(hub: Hub, statement: str, parameters: Mapping[str, object] | None = None) -> list[tuple[object, ...]]:
    """What a query of a test finds."""
    with hub.warehouse.read() as connection:
        return [tuple(row) for row in connection.execute(text(statement), parameters or {})]
