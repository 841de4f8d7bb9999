"""Indicators of the synthetic year: cities' figures beside the target line of the year, and who fell behind it.

Each city has a target of its own for some measures (the policy's target for the province, shared out), and reports
what it has reached since the beginning of the year. The line is the target in proportion to the time passed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Final

import numpy as np

from huiliu.period import containing
from schemas.contract import codes
from simulation.oversight_year import duties as owed
from simulation.oversight_year import marks
from simulation.oversight_year.key import Innocent, Planted
from simulation.oversight_year.project_lives import last_day
from simulation.oversight_year.size import Size, moment
from simulation.oversight_year.spans import spans

TOPIC: Final = "indicator-behind"

#: Measures with a target, and how much a city of middling size is to reach in the year.
TARGETS: Final = {
    "industrial-robots": 640.0,
    "solutions": 8.0,
    "practice-cases": 8.0,
    "matchmaking-events": 8.0,
}
#: Figures without a target, by the month.
PLAIN: Final = (
    "industrial-value-added-growth", "industrial-investment-growth", "capacity-utilisation", "industrial-revenue",
    "industrial-electricity", "above-scale-firms", "guarantee-balance", "project-start-rate",
)  # fmt: skip
_USUAL: Final = {"%": 40.0, "万元": 900_000.0, "万千瓦时": 60_000.0, "户": 400.0}

#: Courses of a measure through the four quarters: what is reached as a share of the line.
_ON_LINE: Final = (1.02, 1.05, 1.03, 1.04)
COURSES: Final = {
    "behind-mended": ((1.02, 0.7, 0.75, 1.02), "落后后赶上 | behind the line, then caught up", True),
    "near-line": ((1.0, 1.0, 1.0, 1.0), "恰在目标线上 | exactly on the line", False),
    "behind-kept": ((0.7, 0.65, 0.7, 0.72), "全年落后 | behind the line all year", True),
}


@dataclass(slots=True)
class IndicatorReport:
    """One report: the event, and when it was known."""

    known_from: datetime
    event: dict[str, Any]


@dataclass(slots=True)
class IndicatorLife:
    """One measure of one city; ``target`` of the year where it has one."""

    city: str
    measure: str
    course: str
    target: float | None
    reports: list[IndicatorReport] = field(default_factory=list)


def lives(generator: np.random.Generator, size: Size) -> list[IndicatorLife]:
    """All measures of all cities; the first ones with a target take the courses in turn."""
    units = {code.code: code.extra for code in codes("indicator")}
    found, number = [], 0
    for city in size.codes:
        for measure, usual in TARGETS.items():
            names = (*COURSES, *("on-line",) * 6)
            course = names[number % len(names)]
            number += 1
            life = IndicatorLife(city, measure, course, usual * float(generator.integers(2, 6)) / 2)
            life.reports = list(_of_target(life, units[measure]["unit"], size))
            found.append(life)
        for measure in PLAIN:
            life = IndicatorLife(city, measure, "plain", None)
            life.reports = list(_plain(generator, life, units[measure], size))
            found.append(life)
    return found


def _of_target(life: IndicatorLife, unit: str, size: Size) -> Iterator[IndicatorReport]:
    """The target at the beginning of the year, then what is reached by the end of each quarter."""
    year = size.first.year
    target = life.target or 0.0
    known = moment(size.first + timedelta(days=14), 9)
    yield IndicatorReport(known, _event(life, f"{life.measure}.target", f"{year}", target, unit, known, yearly=True))
    shares = COURSES[life.course][0] if life.course in COURSES else _ON_LINE
    for month in size.calendar:
        if month.month % 3 == 0:
            quarter = month.month // 3
            reached = float(np.ceil(round(target * quarter / 4 * shares[quarter - 1], 6)))
            period = containing("quarter", month)
            known = moment(period.last + timedelta(days=8), 10)
            yield IndicatorReport(known, _event(life, life.measure, period.text, reached, unit, known, yearly=True))


def _plain(
    generator: np.random.Generator, life: IndicatorLife, about: Mapping[str, Any], size: Size
) -> Iterator[IndicatorReport]:
    level = (6.0 if about.get("minimum") == -100 else _USUAL[about["unit"]]) * float(generator.uniform(0.6, 1.4))
    for month in size.calendar:
        value = level * (1 + float(generator.normal(0, 0.03)))
        value = float(round(value)) if about.get("whole") else round(value, 3)
        known = moment(last_day(month) + timedelta(days=6), int(generator.integers(8, 18)))
        yield IndicatorReport(known, _event(life, life.measure, f"{month:%Y-%m}", value, about["unit"], known))


def _event(
    life: IndicatorLife, code: str, period: str, value: float, unit: str, known: datetime, *, yearly: bool = False
) -> dict[str, Any]:
    return {
        "division": life.city,
        "revision": 1,
        "reported_at": round(known.timestamp() * 1000),
        "source_ref": f"{code}/{period}",
        "indicator": code,
        "period": period,
        "value": value,
        "unit": unit,
        "cumulative": yearly and not code.endswith(".target"),
    }


def duties(generator: np.random.Generator, found: Sequence[IndicatorLife], size: Size) -> list[owed.Duty]:
    """What becomes of the cities' duty to report monthly figures; takes them away or puts them off where planted."""
    fates = owed.fates(generator, [(city, month) for city in size.codes for month in size.calendar])
    told = []
    for city in size.codes:
        for month in size.calendar:
            fate = fates.get((city, month), "IN_TIME")
            told.append(owed.Duty(city, "INDICATOR", month, fate, _put_off(found, city, month, fate)))
    return told


def _put_off(found: Iterable[IndicatorLife], city: str, month: date, fate: owed.Fate) -> datetime | None:
    known = []
    for life in found:
        for report in [one for one in life.reports if one.event["period"] == f"{month:%Y-%m}" and life.city == city]:
            if fate in ("MISSING", "EXEMPT"):
                life.reports.remove(report)
                continue
            if fate == "LATE":
                report.known_from = owed.late(month, report.known_from.hour, 0)
                report.event["reported_at"] = round(report.known_from.timestamp() * 1000)
            known.append(report.known_from)
    return min(known, default=None)


def planted(found: Iterable[IndicatorLife], size: Size) -> Iterator[Planted]:
    """Spans in which what is reached lies below the line, counted from the reports."""
    for life in found:
        if life.target is None:
            continue
        for span in spans(_states(life)):
            note = COURSES[life.course][1] if life.course in COURSES else life.course
            if span.opens_at < moment(size.after):
                subject = f"{life.city}/{life.measure}"
                yield Planted(TOPIC, subject, int(life.city), "RED", span.opens_at, span.closes_at, note)


def _states(life: IndicatorLife) -> Iterator[tuple[datetime, str | None]]:
    for report in life.reports:
        if report.event["indicator"] == life.measure:
            quarter = int(report.event["period"][-1])
            line = (life.target or 0.0) * quarter / 4
            behind = report.event["value"] < line * (1 - marks.BEHIND_LINE)
            yield report.known_from, "RED" if behind else None


def innocents(found: Iterable[IndicatorLife], size: Size) -> Iterator[Innocent]:
    """Measures on or above their line all year."""
    for life in found:
        if life.target is not None and not (life.course in COURSES and COURSES[life.course][2]):
            note = COURSES[life.course][1] if life.course in COURSES else "达到目标线 | on the line"
            subject = f"{life.city}/{life.measure}"
            yield Innocent(TOPIC, subject, int(life.city), moment(size.first), moment(size.after), note)
