"""Judging a synthetic year day by day with the hub's own rules: what stood, at which moments."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import polars as pl

from oversight.rule_files import Rules
from oversight.standing import standing
from simulation.oversight_year.size import Size, moment
from simulation.oversight_year.year import OversightYear

#: A year is judged early in the morning, before anybody reports.
_HOUR = 1


def moments(size: Size, every_days: int = 1) -> Iterator[datetime]:
    """From the second day of the year to the day after its last, at one in the morning (Shanghai), as UTC."""
    day = size.first + timedelta(days=1)
    while day <= size.after:
        yield moment(day, _HOUR).astimezone(UTC)
        day += timedelta(days=every_days)


def judged(year: OversightYear, rules: Rules, every_days: int = 1) -> Iterator[tuple[datetime, pl.DataFrame]]:
    """At each moment what stands by the rules on projects, awards and indicators, as known then."""
    for at in moments(year.size, every_days):
        yield at, standing(rules, year.facts(at), at)
