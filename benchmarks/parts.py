"""What each part of a hub uses: processor seconds of workers, broker and database; bytes on disk by what they hold."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil
import psycopg

#: PostgreSQL's own processes, by how their titles begin after "postgres: "; all others serve clients.
_BACKGROUND = ("checkpointer", "background writer", "walwriter", "autovacuum", "io worker", "logical replication")


@dataclass(frozen=True)
class Processor:
    """Seconds of processor time used until now. ``upkeep`` is what the database does by itself, vacuum among it."""

    workers: float
    broker: float
    database: float
    upkeep: float

    def since(self, before: Processor) -> Processor:
        return Processor(**{name: value - getattr(before, name) for name, value in asdict(self).items()})

    @property
    def total(self) -> float:
        return self.workers + self.broker + self.database + self.upkeep


def processor(workers: list[psutil.Process]) -> Processor:
    """Of these workers, and of the broker and database that this process has started."""
    broker = database = upkeep = 0.0
    for process in psutil.Process(os.getpid()).children(recursive=True):
        try:
            name, title, used = process.name(), " ".join(process.cmdline()), _used(process)
            if name == "java":
                broker += used
            elif name.startswith("postgres") and title.startswith(tuple(f"postgres: {one}" for one in _BACKGROUND)):
                upkeep += used
            elif title.startswith("postgres:"):
                database += used
            elif name.startswith("postgres"):
                upkeep += used + sum(process.cpu_times()[2:4])  # its children that have ended, vacuum among them
        except psutil.NoSuchProcess:
            continue
    return Processor(sum(map(_used, workers)), broker, database, upkeep)


def _used(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


@dataclass(frozen=True)
class Space:
    """Bytes: the broker's log; of facts with history their table and indexes; all other tables; WAL written so far."""

    log: int
    facts: int
    facts_index: int
    history: int
    others: int
    wal: int

    def since(self, before: Space) -> Space:
        return Space(**{name: value - getattr(before, name) for name, value in asdict(self).items()})


_SIZES = """
select sum(pg_table_size(oid)) filter (where relname ~ '^reading(_[0-9_]+)?$'),
       sum(pg_indexes_size(oid)) filter (where relname ~ '^reading(_[0-9_]+)?$'),
       sum(pg_total_relation_size(oid)) filter (where relname like 'reading_history%'),
       sum(pg_total_relation_size(oid)) filter (where relname !~ '^reading'),
       pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::bigint
from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace
"""


def space(database: str, broker: Path) -> Space:
    """Of a database, and of the intake topics in the broker's folder."""
    with psycopg.connect(database) as connection:
        row = connection.execute(_SIZES).fetchone() or (0,) * 5
    facts, index, history, others, wal = (int(size or 0) for size in row)
    return Space(sum(_log(broker)), facts, index, history, others, wal)


def _log(broker: Path) -> Iterator[int]:
    """Bytes written to segments of readings; indexes are made ahead in full size and are little in the end."""
    for segment in broker.rglob("intake.*.reading-*/*.log"):
        yield segment.stat().st_size
