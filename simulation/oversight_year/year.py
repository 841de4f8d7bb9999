"""A seeded year of the synthetic province: facts as they were known at any moment, and the answer key.

>>> year = OversightYear(seed=7, size=SMALL)
>>> year.known("project", moment(date(2025, 3, 1))).height
44
>>> sorted(year.key["topic"].unique())[:2]
['award-basis', 'award-other-payee']

The small kinds are drawn at once, readings by city and month when they are asked for, so that a province's year never
stands in memory as a whole. The same seed and size give the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property, partial
from typing import Any, Final

import numpy as np
import polars as pl

from oversight.facts import SHAPES, Facts, Read
from oversight.obligations.states import Told
from simulation.oversight_year import (
    award_key,
    award_lives,
    duties,
    indicator_lives,
    monitor_key,
    month_hours,
    obligation_facts,
    project_key,
    project_lives,
)
from simulation.oversight_year.key import innocent_frame, key_frame
from simulation.oversight_year.monitors import Monitors, monitors
from simulation.oversight_year.size import PROVINCE, SMALL, Size, moment
from simulation.registry import Enterprise, enterprises

__all__ = ["SMALL", "OversightYear", "moment"]

#: The natural key of each kind with versions.
_KEYS: Final = {
    "project": ("project_code",),
    "award": ("award_number",),
    "indicator": ("division", "indicator", "period"),
}


@dataclass(frozen=True)
class _Small:
    """The small kinds, drawn together: one generator, in this order."""

    projects: list[project_lives.ProjectLife]
    awards: list[award_lives.AwardLife]
    indicators: list[indicator_lives.IndicatorLife]
    duties: list[duties.Duty]


class OversightYear:
    """The year of this seed and size."""

    def __init__(self, seed: int, size: Size) -> None:
        """Nothing is drawn before it is asked for."""
        self.seed, self.size = seed, size

    @cached_property
    def firms(self) -> list[Enterprise]:
        """The enterprises of the province."""
        count = max(16, self.size.projects // 2, self.size.outlets // 2)
        return enterprises(self._generator(0), PROVINCE, count, self.size.first.year, self.size.cities)

    @cached_property
    def monitors(self) -> Monitors:
        """Outlets, their factors, and what happens to them."""
        return monitors(self._generator(1), self.firms, self.size)

    @cached_property
    def small(self) -> _Small:
        """Projects, awards, indicators and the duties to report them."""
        generator = self._generator(2)
        projects = project_lives.lives(generator, self.firms, self.size)
        owed = duties.project_duties(generator, projects, self.size)
        steady = [life.project for life in project_lives.steady(projects)]
        awards = award_lives.lives(generator, self.firms, steady, self.size)
        owed += duties.award_duties(generator, _reported(awards), self.size)
        indicators = indicator_lives.lives(generator, self.size)
        owed += indicator_lives.duties(generator, indicators, self.size)
        return _Small(projects, awards, indicators, owed)

    def _generator(self, purpose: int) -> np.random.Generator:
        return np.random.default_rng(np.random.SeedSequence([self.seed, purpose, 900]))

    @cached_property
    def versions(self) -> Mapping[str, pl.DataFrame]:
        """Of each of the small kinds every version that is ever known, in the shape of ``oversight.facts``."""
        told = {
            "project": [(v.known_from, v.event) for life in self.small.projects for v in life.reports],
            "award": [(v.known_from, v.event) for life in self.small.awards for v in life.reports],
            "indicator": [(v.known_from, v.event) for life in self.small.indicators for v in life.reports],
        }
        return {kind: _frame(kind, rows) for kind, rows in told.items()}

    def known(self, kind: str, as_of: datetime) -> pl.DataFrame:
        """The newest version of each that was known at a moment; ``project_month`` keeps one for each month."""
        of = "project" if kind == "project_month" else kind
        key = [*_KEYS[of], *(["month"] if kind == "project_month" else [])]
        known = self.versions[of].filter(pl.col("known_from") <= as_of.astimezone(UTC))
        return known.group_by(key, maintain_order=True).last().select(list(SHAPES[of])).sort(key)

    def facts(self, as_of: datetime) -> Facts:
        """What detectors read of the small kinds, as known at a moment; without hours of monitors: ``readings``."""
        kinds = ("project", "project_month", "award", "indicator")
        reads: dict[str, Read] = {kind: shape.to_frame for kind, shape in SHAPES.items()}
        reads |= {kind: partial(self.known, kind, as_of) for kind in kinds}
        return Facts({**reads, "obligation": partial(self.obligations, as_of)})

    def obligations(self, as_of: datetime) -> pl.DataFrame:
        """What became of the monthly reports that are due at a moment (``oversight.obligations.states.STATE``)."""
        owing, told = self._owed
        return obligation_facts.stated(self.size, owing, told, as_of)

    @cached_property
    def _owed(self) -> tuple[pl.DataFrame, Told]:
        small = self.small
        owing = obligation_facts.owers(self.size, duties.counties(self.size))
        return owing, obligation_facts.told(dict(self.versions), small.awards, small.duties)

    def readings(self, city: str, month: date) -> pl.DataFrame:
        """The hours of a city's monitors in a month; columns as ``month_hours.frame``."""
        found = month_hours.hours(self.seed, self.monitors, self.size, city, month)
        share = month_hours.values(self.seed, self.monitors, self.size, month, city, found)
        return month_hours.frame(found, share, self.size)

    @cached_property
    def declarations(self) -> pl.DataFrame:
        """Stops that operators declared."""
        return monitor_key.declarations(self.monitors, self.size)

    @cached_property
    def key(self) -> pl.DataFrame:
        """What must be found (``key.KEY``)."""
        small = self.small
        return key_frame(
            [
                *project_key.planted(small.projects, self.size),
                *award_key.planted(small.awards, self.size),
                *indicator_lives.planted(small.indicators, self.size),
                *duties.planted(small.duties, self.size),
                *monitor_key.planted(self.monitors, self.size),
                *monitor_key.effectiveness(self.seed, self.monitors, self.size),
            ]
        )

    @cached_property
    def innocents(self) -> pl.DataFrame:
        """What only looks like it (``key.INNOCENT``)."""
        small = self.small
        return innocent_frame(
            [
                *project_key.innocents(small.projects, self.size),
                *award_key.innocents(small.awards, self.size),
                *indicator_lives.innocents(small.indicators, self.size),
                *duties.innocents(small.duties, self.size),
                *monitor_key.innocents(self.monitors, self.size),
            ]
        )


def _reported(awards: Iterable[award_lives.AwardLife]) -> set[tuple[str, date]]:
    """Counties and months in which an award was reported."""
    return {
        (report.event["division"], month)
        for life in awards
        for report in life.reports
        for month in obligation_facts.months_of(report.event)
    }


def _frame(kind: str, rows: list[tuple[datetime, dict[str, Any]]]) -> pl.DataFrame:
    """Versions in the order in which they were known."""
    shape = SHAPES[kind]
    days = [name for name, of in shape.items() if of == pl.Date]
    columns: dict[str, list[Any]] = {name: [event.get(name) for _, event in rows] for name in shape}
    columns["division"] = [int(event["division"]) for _, event in rows]
    columns["known_from"] = [round(known.timestamp() * 1000) for known, _ in rows]
    plain = {name: pl.Int32 if name in days else pl.Int64 for name in (*days, "reported_at", "known_from")}
    frame = pl.DataFrame(columns, schema={**shape, **plain}, strict=False)
    moments = [pl.from_epoch(name, "ms").dt.replace_time_zone("UTC") for name in ("reported_at", "known_from")]
    return frame.with_columns(pl.col(days).cast(pl.Date), *moments).cast(shape).sort("known_from", "revision")
