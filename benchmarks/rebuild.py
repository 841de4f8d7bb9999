"""Claim: replaying the intake topics into an empty warehouse, and rebuilding rollups, are at least as fast as intake.

    python -m benchmarks.rebuild [--events 300000] [--readings 2000000] [--json]

In the same run, one after the other: **intake**, a worker that drains a backlog of readings (2 % faulty, 1 %
duplicates, 1 % corrections); **replay**, the same topics into a second, empty database, registrations first as the
guide says, which must end with the same figures and outcomes to the last one; then over a warehouse filled with more
readings (filled.py): **rebuild**, the rollup of readings written anew from its facts, and **verify**, the rollup held
against its recomputation. Rates are readings a second; intake and replay from the first loaded record to the last.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import dataclass, replace

from benchmarks import report
from benchmarks.end_to_end import drain, register_outlets
from benchmarks.filled import Filling
from benchmarks.rig import Rig, rig
from simulation import load
from simulation.load import Load, Stream
from simulation.province import Shares
from sinks import rollups, summary, upkeep
from sinks.warehouse import Warehouse

_PARTITIONS = 4


@dataclass(frozen=True)
class Rate:
    """How fast a way of getting at figures is."""

    what: str
    readings: int
    seconds: float
    per_second: float
    times_intake: float


def main() -> None:
    arguments = _arguments()
    sent = load.million(arguments.events)
    with rig() as hub:
        register_outlets(hub, sent, _PARTITIONS)
        hub.send(sent.messages)
        intake, exact = drain(hub, sent)
        replayed, same = replay(hub, sent)
        rows = [_rate("intake", intake.events, intake.seconds, None), replayed]
        different = refill(hub, arguments.readings, rows)
    base = rows[0].per_second
    rows = [replace(row, times_intake=row.per_second / base) for row in rows]
    slowest = min(row.times_intake for row in rows[1:])
    # Replay is the same work as intake: a twentieth is what two runs of the same differ by on a shared machine.
    figures = {
        "exact": exact and same and not different,
        "goal_times": 1.0,
        "slowest": slowest,
        "reached": slowest >= 0.95,
    }
    report.tell("rebuild", rows, figures, as_json=arguments.json, kept=bool(figures["exact"]))


def _arguments() -> argparse.Namespace:
    parser = report.parser(__doc__)
    parser.add_argument("--events", type=int, default=300_000, help="sent, for intake and replay")
    parser.add_argument("--readings", type=int, default=2_000_000, help="in the warehouse, for rebuild and verify")
    return parser.parse_args()


def _rate(what: str, readings: int, seconds: float, base: float | None) -> Rate:
    return Rate(what, readings, seconds, readings / seconds, readings / seconds / base if base else 1.0)


def replay(hub: Rig, sent: Load) -> tuple[Rate, bool]:
    """The same topics into an empty warehouse; and whether it then says the same."""
    database = hub.another_database("replay")
    warehouse = Warehouse(database)
    try:
        warehouse.migrate()
        again = Rig(replace(hub.endpoints, database=database), warehouse, hub.folder / "replay")
        again.folder.mkdir()
        again.publish(sent.publishers, ("registration",), _PARTITIONS)
        with again.worker():
            again.drain()
        again.publish(sent.publishers, ("registration", "reading"), _PARTITIONS)
        measured, _ = drain(again, sent)
        with hub.warehouse.read() as one, warehouse.read() as other:
            same = summary.summary(one) == summary.summary(other)
    finally:
        warehouse.close()
    return _rate("replay", measured.events, measured.seconds, None), same


def refill(hub: Rig, readings: int, rows: list[Rate]) -> int:
    """Measure rebuild and verify over so many more readings; returns how many groups were different."""
    warehouse = Warehouse(hub.another_database("filled"))
    try:
        warehouse.migrate()
        filled = fill(replace(hub, warehouse=warehouse), readings)
        done = upkeep.rebuild(warehouse, "reading")
        started = time.monotonic()
        with warehouse.read() as connection:
            wrong = rollups.differences(connection, "reading").height
        verify = time.monotonic() - started
    finally:
        warehouse.close()
    rows += [_rate("rebuild of the rollup, with its check", filled, done.seconds, None)]
    rows += [_rate("verify of the rollup", filled, verify, None)]
    return wrong + done.different


def fill(hub: Rig, events: int) -> int:
    """Fill a warehouse without Kafka: registrations too are written as a batch writes them."""
    made: Stream = load.stream(
        events, 2, outlets=max(200, events // 10_000), cities=16, shares=Shares(0.02, 0.01, 0.01, disorder=0.002)
    )
    filling = Filling(hub.warehouse)
    filling.register(made.registrations)
    for slab in made.slabs:
        filling.load(slab)
    return filling.readings


if __name__ == "__main__":
    main()
