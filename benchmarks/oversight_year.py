"""Claim: a province's year of oversight is judged in minutes, all that is planted is found, and nothing else.

    python -m benchmarks.oversight_year [--size year] [--seed 7] [--json]

The seeded year (docs/guide/oversight-year.md): 16 cities, 1,500 projects, 1,500 awards and 2,000 outlets hour by hour.
Judged at one in the morning of every day with the rules that ship; what stands becomes cases, which divisions answer
in ways of their own. Told: seconds of each stage, and beside the answer key the share found, false ones, and days to
open and to close, of matters as they stood and of cases.
"""

from __future__ import annotations

import resource
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TypeVar

import polars as pl

from benchmarks import report
from oversight.rule_files import shipped
from simulation.oversight_year.comparison import Line
from simulation.oversight_year.judging import beside_key, city_spans, judged, looped
from simulation.oversight_year.monitor_facts import by_city
from simulation.oversight_year.size import SMALL, YEAR
from simulation.oversight_year.year import OversightYear

GOAL_SECONDS = 600.0
Made = TypeVar("Made")
_SIZES = {"small": SMALL, "year": YEAR}


@dataclass
class Clock:
    """Seconds by stage."""

    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        started = time.monotonic()
        yield
        self.seconds[name] = self.seconds.get(name, 0.0) + time.monotonic() - started

    def each(self, name: str, made: Iterator[Made]) -> Iterator[Made]:
        """What is made one after the other, the making timed."""
        while True:
            with self.stage(name):
                one = next(made, None)
            if one is None:
                return
            yield one

    @property
    def stages(self) -> list[dict[str, object]]:
        return [{"stage": name, "seconds": seconds} for name, seconds in self.seconds.items()]

    def total(self) -> float:
        return sum(self.seconds.values())


def main() -> None:
    parser = report.parser(__doc__)
    parser.add_argument("--size", choices=list(_SIZES), default="year")
    parser.add_argument("--seed", type=int, default=7)
    arguments = parser.parse_args()
    year, rules, clock = OversightYear(arguments.seed, _SIZES[arguments.size]), shipped(), Clock()
    readings = 0
    with clock.stage("draw the small kinds and the key"):
        planted = year.key.filter("due").height
        year.versions  # noqa: B018 (drawn when first asked for)
    parts = []
    for city in clock.each("draw the readings", by_city(year)):
        readings += city.reading.height
        with clock.stage("what stood of monitors, all year"):
            parts.append(city_spans(year, city, rules))
    spans = pl.concat(parts)
    with clock.stage("judge the small kinds every day"):
        stood = list(judged(year, rules, spans=spans))
    with clock.stage("cases"):
        loop = looped(year, rules, stood)
    with clock.stage("compare with the key"):
        found = beside_key(year, stood, loop)
    report.show("matters beside the key", found.matters)
    report.show("cases by the way of the division", loop.by_way())
    report.show("stages", clock.stages)
    figures = {
        "planted": planted,
        "readings": readings,
        "cases": len(loop.cases),
        "case_events": len(loop.events),
        "refused_answers": dict(loop.refused),
        "recurrences": loop.recurrences(year.key),
        "seconds": clock.total(),
        "goal_seconds": GOAL_SECONDS,
        "reached": clock.total() <= GOAL_SECONDS,
        "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "stages": clock.stages,
        "matters": [vars_of(line) for line in found.matters],
        "ways": loop.by_way(),
    }
    report.tell("oversight_year", found.cases, figures, as_json=arguments.json, kept=exact(found.cases))


def vars_of(line: Line) -> dict[str, object]:
    return {name: getattr(line, name) for name in Line.__slots__}


def exact(lines: Sequence[Line]) -> bool:
    """Whether all that is planted was found, and nothing false."""
    return all(line.found == line.planted and not line.false for line in lines)


if __name__ == "__main__":
    main()
