"""Claim: over 20 million readings every rollup page takes under 50 ms, any drill page under 300 ms, explain under 1 s.

In the same run, as the limit: a bare lookup by primary key, and each page without row-level security.

    python -m benchmarks.queries [--readings 2000000] [--draws 40] [--json]      (the claim: --readings 20000000)

The warehouse is filled by the functions that a batch uses (filled.py), 10,000 readings for each outlet, so that an
outlet has as many as in some 50 days whatever the number. Pages (pages.py) are what the console asks, each a
transaction of its own, with parameters drawn anew each time, as a reader of the province, of a city or of a county with
row-level security. The goals are of the 95th percentile while the system has the database's files in memory (5 GB for
20 million readings); ``cold`` is the slowest of three draws after it has let go of them: then the disk is measured.
``explain`` reads the record from the broker again; as a command it starts a process besides.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
from sqlalchemy import text

from benchmarks import report
from benchmarks.filled import Filling
from benchmarks.pages import DRILL_PAGES, ROLLUP_PAGES, Drawn, Lots, Page
from benchmarks.rig import Rig, rig
from commands.rereading import rereader
from simulation import load
from simulation.province import Shares
from sinks import explain, reread

EXPLAIN_MS = 1000.0
_COLD = 3


@dataclass(frozen=True)
class Timed:
    """A page as one sort of reader opens it; milliseconds. ``bare`` is the median without row-level security."""

    page: str
    reader: str
    cold: float
    p50: float
    p95: float
    max: float
    bare: float
    goal: float

    @property
    def reached(self) -> bool:
        """Whether it is as quick as it should be."""
        return self.p95 <= self.goal


def main() -> None:
    arguments = _arguments()
    with rig() as hub:
        readings, seconds = fill(hub, arguments.readings)
        limit, rows = lookup(hub), [*pages(hub, arguments.draws), *explained(hub, arguments.draws)]
    slowest = {goal: max(row.p95 for row in rows if row.goal == goal) for goal in sorted({row.goal for row in rows})}
    figures = {
        "readings": readings,
        "filled_per_second": readings / seconds,
        "key_lookup_ms": limit,
        **{f"slowest_p95_of_{goal:.0f}_ms": value for goal, value in slowest.items()},
        "missed": [f"{row.page} ({row.reader})" for row in rows if not row.reached],
        "reached": all(row.reached for row in rows),
    }
    report.tell("queries", rows, figures, as_json=arguments.json)


def _arguments() -> argparse.Namespace:
    parser = report.parser(__doc__)
    parser.add_argument("--readings", type=int, default=2_000_000)
    parser.add_argument("--draws", type=int, default=40, help="parameters drawn for each page and reader")
    return parser.parse_args()


def fill(hub: Rig, events: int) -> tuple[int, float]:
    """Outlets and a first slab through the worker, so that the broker has their bytes; all others straight in."""
    shares = Shares(0.02, 0.01, 0.01, disorder=0.002)
    made = load.stream(events, 1, outlets=max(200, events // 10_000), cities=16, shares=shares)
    slabs, filling = iter(made.slabs), Filling(hub.warehouse)
    hub.publish(sorted({one.topic.split(".")[1] for one in made.registrations}), ("registration", "reading"))
    hub.send(made.registrations)
    with hub.worker():
        hub.drain()
        hub.send(next(slabs).publications())
        hub.drain()
    started = time.monotonic()
    for slab in slabs:
        filling.load(slab)
    seconds = time.monotonic() - started
    with hub.warehouse.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("vacuum analyze"))  # what autovacuum has done by the time that anybody looks
    return filling.readings, seconds


def lookup(hub: Rig) -> float:
    """The limit: the median of a bare lookup by primary key, milliseconds."""
    statement = text(
        "select * from reading"
        " where outlet = :outlet and pollutant = :pollutant and period = :period and start = :start"
    )
    keys = [drawn.key for drawn in islice(Lots(hub.warehouse).draws(), 200)]
    with hub.warehouse.read() as connection:
        return float(np.median([_timed(lambda key=key: connection.execute(statement, key).all()) for key in keys]))


def pages(hub: Rig, draws: int) -> Iterator[Timed]:
    """All pages by all their readers: first all of them warm, then all cold, which would cool the others down."""
    lots = Lots(hub.warehouse).draws()
    opened = [(page, reader) for page in (*ROLLUP_PAGES, *DRILL_PAGES) for reader in page.scopes]
    bare = {page.name: [_opened(hub, page, drawn, None) for drawn in islice(lots, draws)] for page, _ in opened}
    warm = [[_opened(hub, page, drawn, reader) for drawn in islice(lots, draws)] for page, reader in opened]
    for (page, reader), times in zip(opened, warm, strict=True):
        _let_go(hub.folder)
        cold = [_opened(hub, page, drawn, reader) for drawn in islice(lots, _COLD)]
        yield _told(page.name, reader, cold, times, bare[page.name], page.limit_ms)


def _told(name: str, reader: str, cold: list[float], warm: list[float], bare: list[float], goal: float) -> Timed:
    p50, p95 = np.percentile(warm, [50, 95])
    return Timed(name, reader, max(cold), float(p50), float(p95), max(warm), float(np.median(bare)), goal)


def _opened(hub: Rig, page: Page, drawn: Drawn, reader: str | None) -> float:
    """Milliseconds of one page with its transaction."""

    def call() -> None:
        scope = hub.warehouse.read() if reader is None else hub.warehouse.audit(drawn.scope(reader))
        with scope as connection:
            page.call(connection, drawn)

    return _timed(call)


def _timed(call: Callable[[], object]) -> float:
    started = time.perf_counter()
    call()
    return (time.perf_counter() - started) * 1000


def _let_go(folder: Path) -> None:
    """Ask the system to forget what it has of the database's files."""
    for file in (folder / "database" / "base").rglob("*"):
        if file.is_file():
            descriptor = os.open(file, os.O_RDONLY)
            os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
            os.close(descriptor)


def explained(hub: Rig, draws: int) -> Iterator[Timed]:
    """One record by its coordinates: ledger, row or quarantine, findings, and its bytes from the broker."""
    with hub.warehouse.read() as connection:
        heads = [head for head in reread.heads(connection) if head.topic in hub.topics and head.partition < 4]
    places = [(head.topic, head.partition, head.next_offset) for head in heads if head.topic.endswith(".reading")]
    lot = np.random.default_rng(1)
    chosen = [places[int(number)] for number in lot.integers(len(places), size=draws + 2 * _COLD)]
    asked = [(topic, partition, int(lot.integers(stop))) for topic, partition, stop in chosen]
    _let_go(hub.folder)
    times = [_timed(lambda place=place: _explain(hub, place)) for place in asked[: draws + _COLD]]
    yield _told("explain a record, with its bytes", "hub", times[:_COLD], times[_COLD:], times, EXPLAIN_MS)
    commands = [_timed(lambda place=place: _command(hub, place)) for place in asked[draws + _COLD :]]
    yield _told("huiliu explain offset, the whole command", "hub", commands, commands, commands, EXPLAIN_MS)


def _explain(hub: Rig, place: tuple[str, int, int]) -> None:
    topic, partition, offset = place
    with hub.warehouse.read() as connection:
        account = explain.event(connection, topic, partition, offset)
        assert account is not None, place
        reread.findings(connection, account.entry["intake"], offset)
    with rereader(hub.endpoints.kafka) as reader:
        reader.bounds([(topic, partition)])
        assert next(reader.records(topic, partition, offset, offset + 1)).value is not None


def _command(hub: Rig, place: tuple[str, int, int]) -> None:
    told = {**hub.endpoints.kafka.environ(), "HUILIU_DATABASE": hub.endpoints.database}
    command = [sys.executable, "-m", "commands.main", "explain", "offset", *map(str, place), "--json"]
    subprocess.run(command, env={**os.environ, **told}, check=True, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    main()
