"""Claim: a year of 2,000 outlets, hour by hour, is judged by every rule on monitors in minutes, in flat memory.

    python -m benchmarks.oversight_monitors [--outlets 2000] [--cities 16] [--planted] [--warehouse 0] [--json]

The hours are those of the synthetic year (simulation/oversight_year) and lie in files of a range of outlets each, as
many as the hub holds at a time, as columns in the shape in which detectors read them. Timed over all files: reading a
file and touching every column once (the limit of anything that looks at each value), and judging the whole year by
each rule: all that stood, from when until when. Making the files is not timed. Without ``--planted`` nothing is wrong
in the year but what chance does to it, so that everything found is a false alarm: those are counted for each rule, for
1,000 outlets and a year. ``--warehouse N``: how fast hours come out of a warehouse with N readings, by the read that
the hub uses, range by range; beside it a bare sum over the same rows in the database.
"""

from __future__ import annotations

import resource
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
from sqlalchemy import text

from benchmarks import report
from benchmarks.rig import rig
from benchmarks.transmission import fill
from oversight.detectors import DETECTORS
from oversight.facts import Facts, given
from oversight.monitors import known
from oversight.monitors.known import ranges
from oversight.monitors.reading import OUTLET, from_events
from oversight.rule import Rule
from oversight.rule_files import shipped
from simulation.oversight_year import month_hours
from simulation.oversight_year.monitors import Monitors
from simulation.oversight_year.size import Size, moment
from simulation.oversight_year.year import OversightYear

GOAL_SECONDS = 300.0
_SEED = 7
_SUM = "select sum(coalesce(corrected, average)) from reading where period = 2 and limit_value is not null"


@dataclass(frozen=True)
class Timed:
    """A rule, or the limit, over all hours. ``beside_limit``: seconds without reading, as a multiple of the limit."""

    what: str
    seconds: float
    rows_per_second: int
    beside_limit: float
    found: int
    false_per_1000_outlet_years: float | None


def main() -> None:
    """Make the files, time both, tell."""
    parser = report.parser(__doc__)
    parser.add_argument("--outlets", type=int, default=2000)
    parser.add_argument("--cities", type=int, default=16)
    parser.add_argument("--planted", action="store_true", help="with everything that the synthetic year plants")
    parser.add_argument("--warehouse", type=int, default=0, metavar="N", help="readings in a warehouse to read from")
    arguments = parser.parse_args()
    year = OversightYear(_SEED, Size(arguments.cities, arguments.outlets, projects=1, awards=1, months=12))
    about = year.monitors if arguments.planted else replace(year.monitors, episodes=[])
    with tempfile.TemporaryDirectory(prefix="huiliu-hours-") as folder:
        files = [file for city in year.size.codes for file in _written(year, about, city, Path(folder))]
        rows = sum(count for _, count in files)
        limit = _limit([file for file, _ in files])
        seconds, found = _judged(year, about, [file for file, _ in files], planted=arguments.planted)
    judging = sum(seconds.values())
    lines = [Timed("limit: read and touch every column", limit, round(rows / limit), 1.0, 0, None)]
    for code, took in seconds.items():
        false = None if arguments.planted else 1000 * found[code] / year.size.outlets
        lines.append(Timed(code, took, round(rows / took), took / limit, found[code], false))
    total = limit + judging
    figures = {
        "outlets": arguments.outlets, "rows": rows, "judging_seconds": judging, "with_reading_seconds": total,
        "rows_per_second": round(rows / total), "goal_seconds": GOAL_SECONDS, "reached": total <= GOAL_SECONDS,
        "peak_memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }  # fmt: skip
    if arguments.warehouse:
        figures |= _from_warehouse(arguments.warehouse)
    report.tell("oversight_monitors", lines, figures, as_json=arguments.json)


def _from_warehouse(events: int) -> dict[str, float | int]:
    """Hours a second that the reads of ``oversight.monitors.known`` give, and that a bare sum looks at."""
    with rig() as hub:
        fill(hub, events)
        with hub.warehouse.read() as connection:
            now = datetime.now(UTC)
            since = now - timedelta(days=800)
            numbers = known.outlets(connection, now)["outlet"].to_list()
            began = time.perf_counter()
            hours = sum(
                known.readings(connection, since, now, first, last).height
                for first, last in ranges(numbers, known.ROWS_AT_A_TIME / 2000)
            )
            read = time.perf_counter() - began
            began = time.perf_counter()
            connection.execute(text(_SUM)).all()
            summed = time.perf_counter() - began
    return {
        "warehouse_hours": hours,
        "warehouse_hours_per_second": round(hours / read),
        "warehouse_bare_sum_hours_per_second": round(hours / summed),
    }


def _written(year: OversightYear, about: Monitors, city: str, folder: Path) -> Iterator[tuple[Path, int]]:
    """A city's year as files of a range of outlets, in the order in which the warehouse gives it."""
    parts = []
    for month in year.size.calendar:
        hours = month_hours.hours(year.seed, about, year.size, city, month)
        share = month_hours.values(year.seed, about, year.size, month, city, hours)
        parts.append(from_events(month_hours.frame(hours, share, year.size)))
    frame = pl.concat(parts)
    numbers = frame["outlet"].unique().sort().to_list()
    for first, last in ranges(numbers, (year.size.after - year.size.first).days * 24):
        own = frame.filter(pl.col("outlet").is_between(first, last)).sort("outlet", "pollutant", "start")
        file = folder / f"{city}-{first}.arrow"
        own.write_ipc(file)
        yield file, own.height


def _limit(files: list[Path]) -> float:
    """Seconds for reading all files and adding up each column."""
    began = time.perf_counter()
    for file in files:
        frame = pl.read_ipc(file)
        frame.select(pl.all().exclude("start", "received_at").sum(), pl.col("start", "received_at").max())
    return time.perf_counter() - began


def _judged(
    year: OversightYear, about: Monitors, files: list[Path], *, planted: bool
) -> tuple[dict[str, float], dict[str, int]]:
    """Seconds and spans found by each rule that reads hours."""
    rules = [rule for rule in shipped().versions if rule.code.startswith("OV-RD-")]
    rules = [rule for rule in rules if DETECTORS[rule.detector].by_outlets]
    seconds, found = dict.fromkeys((rule.code for rule in rules), 0.0), dict.fromkeys((r.code for r in rules), 0)
    outlets = about.factors.select(list(OUTLET)).unique().sort("outlet")
    declared = year.declarations if planted else year.declarations.clear()
    for facts in _facts(files, outlets, declared):
        for rule in rules:
            began = time.perf_counter()
            found[rule.code] += _spans(rule, facts, year.size).height
            seconds[rule.code] += time.perf_counter() - began
    return seconds, found


def _facts(files: list[Path], outlets: pl.DataFrame, declared: pl.DataFrame) -> Iterator[Facts]:
    for file in files:
        yield given(reading=pl.read_ipc(file), outlet=outlets, declaration=declared)


def _spans(rule: Rule, facts: Facts, size: Size) -> pl.DataFrame:
    detector = DETECTORS[rule.detector]
    if detector.spans is None:
        raise TypeError(f"{rule.detector} has no spans")
    return detector.spans(rule, facts, *_ends(size))


def _ends(size: Size) -> tuple[datetime, datetime]:
    return moment(size.first).astimezone(UTC), moment(size.after).astimezone(UTC)


if __name__ == "__main__":
    main()
