"""Judging a synthetic year day by day with the hub's own rules: what stood at which moments, and the cases of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import polars as pl

from huiliu.period import day_of
from oversight.detectors import DETECTORS
from oversight.monitors.spans import SPAN, TICK, standing
from oversight.rule import Rule
from oversight.rule_files import Rules
from oversight.standing import found, gravest
from simulation.oversight_year.case_loop import Loop
from simulation.oversight_year.comparison import Line, compare, from_matters
from simulation.oversight_year.monitor_facts import CityFacts, by_city
from simulation.oversight_year.size import Size, moment
from simulation.oversight_year.year import OversightYear

#: A year is judged early in the morning, before anybody reports.
_HOUR = 1

Judged = list[tuple[datetime, pl.DataFrame]]


def moments(size: Size, every_days: int = 1) -> Iterator[datetime]:
    """From the second day of the year to the day after its last, at one in the morning (Shanghai), as UTC."""
    day = size.first + timedelta(days=1)
    while day <= size.after:
        yield moment(day, _HOUR).astimezone(UTC)
        day += timedelta(days=every_days)


def in_force(rules: Rules, as_of: datetime) -> tuple[Rule, ...]:
    """The rules of the Shanghai day of a moment."""
    return rules.in_force(day_of(round(as_of.timestamp() * 1000)))


def small(rules: Iterable[Rule]) -> list[Rule]:
    """Those on projects, awards and indicators: a detector of these reads a frame as it is known at the moment."""
    return [rule for rule in rules if DETECTORS[rule.detector].find.__module__.startswith(_SMALL)]


_SMALL = ("oversight.projects", "oversight.awards", "oversight.indicators", "oversight.obligations")


def monitor_spans(year: OversightYear, rules: Rules) -> pl.DataFrame:
    """What stood of the monitors' rules from when until when (``SPAN``): one pass over the year for each city."""
    return pl.concat([SPAN.to_frame(), *(city_spans(year, city, rules) for city in by_city(year))])


def city_spans(year: OversightYear, city: CityFacts, rules: Rules) -> pl.DataFrame:
    """The same of one city; what is about single outlets some outlets at a time, so that memory stays flat."""
    last = list(moments(year.size))[-1]
    since, until = moment(year.size.first).astimezone(UTC), last + TICK
    told = [SPAN.to_frame()]
    for rule in in_force(rules, last):
        detector = DETECTORS[rule.detector]
        if detector.spans is not None and not detector.by_outlets:
            told.append(detector.spans(rule, city.facts(), since, until))
    for part in city.by_outlets():
        for rule in in_force(rules, last):
            detector = DETECTORS[rule.detector]
            if detector.spans is not None and detector.by_outlets:
                told.append(detector.spans(rule, part, since, until))
    return pl.concat(told)


def judged(
    year: OversightYear, rules: Rules, every_days: int = 1, spans: pl.DataFrame | None = None
) -> Iterator[tuple[datetime, pl.DataFrame]]:
    """At each moment what stands by the rules on projects, awards and indicators, as known then.

    ``spans``: what stood of the monitors' rules, to stand with it.
    """
    for at in moments(year.size, every_days):
        told = found(small(in_force(rules, at)), year.facts(at), at)
        yield at, gravest(told if spans is None else pl.concat([told, standing(spans, at)]))


def looped(year: OversightYear, rules: Rules, stood: Judged) -> Loop:
    """The cases of what stood, answered by their divisions."""
    loop = Loop(year.seed)
    for at, matters in stood:
        loop.step(at, matters, in_force(rules, at))
    return loop


@dataclass(frozen=True)
class Found:
    """What was found beside the key: by matters as they stood, and by cases."""

    matters: list[Line]
    cases: list[Line]


def beside_key(year: OversightYear, stood: Judged, loop: Loop) -> Found:
    """Share found, false ones and days, of matters and of cases."""
    return Found(
        compare(year.key, year.innocents, from_matters(stood)), compare(year.key, year.innocents, loop.found())
    )
