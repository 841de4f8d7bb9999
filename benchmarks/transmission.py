"""Claim: the transmission effectiveness of a month of a province with 20 million readings takes under 15 s.

    python -m benchmarks.transmission [--readings 20000000] [--json]      (filling takes some five minutes of that)

The warehouse is filled by the functions that a batch uses (filled.py), so that the readings are those of about one
month. Timed: the whole assessment (reads and arithmetic) of the province, of one city and of one outlet, and the list
of the hours that cost points; beside it, as the limit, a bare count over the month's hour values.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime

from sqlalchemy import text

from benchmarks import report
from benchmarks.filled import Filling
from benchmarks.rig import Rig, rig
from oversight.transmission.assessment import Scope, assess
from oversight.transmission.windows import Windows
from simulation import load
from simulation.province import Shares

GOAL_SECONDS = 15.0
_PER_OUTLET = 6_000  # readings of an outlet in some 28 days
_MONTH = (date(2025, 6, 1), date(2025, 6, 30))
_AS_OF = datetime(2025, 8, 1, tzinfo=UTC)
_COUNT = """select count(*) from reading where period = 2
    and start >= '2025-05-31 16:00+00' and start < '2025-06-30 16:00+00' and flag = 'N'"""


@dataclass(frozen=True)
class Timed:
    """One assessment; the median of three runs, seconds."""

    what: str
    due_hours: int
    seconds: float


def main() -> None:
    parser = report.parser(__doc__)
    parser.add_argument("--readings", type=int, default=2_000_000)
    arguments = parser.parse_args()
    with rig() as hub:
        readings = fill(hub, arguments.readings)
        rows = list(timed(hub))
    province = next(row.seconds for row in rows if row.what == "province")
    figures = {"readings": readings, "goal_seconds": GOAL_SECONDS, "reached": province <= GOAL_SECONDS}
    report.tell("transmission", rows, figures, as_json=arguments.json)


def fill(hub: Rig, events: int) -> int:
    """Outlets and readings, straight into the warehouse."""
    shares = Shares(0.02, 0.01, 0.01, disorder=0.002)
    made = load.stream(events, 1, outlets=max(200, events // _PER_OUTLET), cities=16, shares=shares)
    filling = Filling(hub.warehouse)
    filling.register(made.registrations)
    for slab in made.slabs:
        filling.load(slab)
    with hub.warehouse.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("vacuum analyze"))  # what autovacuum has done by the time that anybody looks
    return filling.readings


def timed(hub: Rig) -> Iterator[Timed]:
    """The province, a city, an outlet, and the limit."""
    with hub.warehouse.read() as connection:
        mn = connection.execute(text("select mn from outlet order by id limit 1")).scalar_one()
    for what, scope in (
        ("province", Scope(*_MONTH, _AS_OF)),
        ("city", Scope(*_MONTH, _AS_OF, division="340100")),
        ("outlet", Scope(*_MONTH, _AS_OF, mn=mn)),
    ):
        found, seconds = _median(lambda scope=scope: _assessed(hub, scope))
        yield Timed(what, found, seconds)
    with hub.warehouse.read() as connection:
        counted, seconds = _median(lambda: int(connection.execute(text(_COUNT)).scalar_one()))
    yield Timed("limit: a bare count", counted, seconds)


def _assessed(hub: Rig, scope: Scope) -> int:
    with hub.warehouse.read() as connection:
        found = assess(connection, scope, Windows())
    found.rates("city")
    found.hours("completed")
    return int(found.total()["completed_due"][0])


def _median(run: Callable[[], int]) -> tuple[int, float]:
    taken = []
    for _ in range(3):
        started = time.monotonic()
        found = run()
        taken.append(time.monotonic() - started)
    return found, sorted(taken)[1]


if __name__ == "__main__":
    main()
