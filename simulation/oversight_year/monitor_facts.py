"""What detectors of monitors read, from a synthetic year: one city at a time, so that memory stays flat.

Frames as ``oversight.facts`` names them: ``reading``, ``outlet``, ``declaration``, ``arrival``, ``transmission``. The
last is computed with the hub's own arithmetic (:mod:`oversight.transmission`), twice for each month: at noon after its
last day, and when nothing of it can change any more.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

import polars as pl

from huiliu.period import HOUR_MS
from oversight.facts import Facts, given
from oversight.monitors.effectiveness import TRANSMISSION
from oversight.monitors.reading import OUTLET, READING, from_events
from oversight.monitors.silence import ARRIVAL, hour_after
from oversight.transmission import hours, registered, score
from oversight.transmission.marks import CHECKED, valid_flags
from oversight.transmission.windows import Windows, day_start, settled_on
from simulation.oversight_year.project_lives import last_day
from simulation.oversight_year.size import moment
from simulation.oversight_year.year import OversightYear
from sinks.reference import pollutant_ids

_WINDOWS: Final = Windows()
_TOGETHER: Final = 32  #: outlets judged together
_REGISTERED_DAYS: Final = 30  #: before the year: when the outlets were registered


@dataclass(frozen=True)
class CityFacts:
    """The frames of a city's outlets over the whole year."""

    city: str
    reading: pl.DataFrame
    outlet: pl.DataFrame
    declaration: pl.DataFrame
    transmission: pl.DataFrame
    arrival: pl.DataFrame

    def facts(self) -> Facts:
        """As detectors ask for them."""
        frames = ("reading", "outlet", "declaration", "transmission", "arrival")
        return given(**{name: getattr(self, name) for name in frames})

    def by_outlets(self) -> Iterator[Facts]:
        """The same of some outlets after the others."""
        for place in range(0, self.outlet.height, _TOGETHER):
            outlet = self.outlet[place : place + _TOGETHER]
            own = outlet.select("outlet")
            reading, declaration = (one.join(own, on="outlet", how="semi") for one in (self.reading, self.declaration))
            yield given(outlet=outlet, reading=reading, declaration=declaration)


def by_city(year: OversightYear) -> Iterator[CityFacts]:
    """The cities one after the other; nothing of one is kept when the next is made."""
    outlets = _outlets(year)
    for city in year.size.codes:
        own = outlets.filter(pl.col("city") == int(city))
        declared = year.declarations.join(own.select("outlet"), on="outlet", how="semi")
        readings, figures, signs = [READING.to_frame()], [TRANSMISSION.to_frame()], [_small_signs(year, city)]
        for month in year.size.calendar:
            told = year.readings(city, month)
            readings.append(from_events(told))
            signs.append(told.select(at=hour_after(pl.col("received_at")).cast(pl.Datetime("ms", "UTC"))).unique())
            figures += _figures(year, own, told, declared, month)
        reading = pl.concat(readings).sort("outlet", "pollutant", "start")
        arrival = pl.concat([signs[0], *(_signs(one, city) for one in signs[1:])]).unique().sort(list(ARRIVAL))
        yield CityFacts(city, reading, own, declared, pl.concat(figures), arrival)


def _outlets(year: OversightYear) -> pl.DataFrame:
    return year.monitors.factors.select(list(OUTLET)).unique().cast(OUTLET).sort("outlet")


def _signs(at: pl.DataFrame, city: str) -> pl.DataFrame:
    told = at.select(publisher=pl.lit(int(city)), kind=pl.lit("reading"), at="at")
    return told.cast(ARRIVAL)


def _small_signs(year: OversightYear, city: str) -> pl.DataFrame:
    """In which hours something of the small kinds came from the city."""
    frames = [
        known.filter(pl.col("division") // 100 == int(city) // 100).select(
            publisher=pl.lit(int(city)), kind=pl.lit(kind), at=hour_after(pl.col("known_from"))
        )
        for kind, known in year.versions.items()
    ]
    return pl.concat([frame.cast(ARRIVAL) for frame in frames])


def _figures(
    year: OversightYear, own: pl.DataFrame, told: pl.DataFrame, declared: pl.DataFrame, month: date
) -> Iterator[pl.DataFrame]:
    """The month's figures at noon after its last day and when it is settled, where that lies within the year."""
    last = last_day(month)
    for at, state in (
        (moment(last + timedelta(days=1), 12), "immediate"),
        (moment(settled_on(_WINDOWS, last), 1), "completed"),
    ):
        if at <= moment(year.size.after + timedelta(days=1)):
            yield _figure(year, own, told, declared, month, at.astimezone(UTC), state)


def _figure(
    year: OversightYear,
    own: pl.DataFrame,
    told: pl.DataFrame,
    declared: pl.DataFrame,
    month: date,
    at: datetime,
    state: str,
) -> pl.DataFrame:
    due = registered.due(_limits(year, own), month, last_day(month), at, _WINDOWS)
    checked = [pollutant_ids()[code] for code in CHECKED]
    plain, versions = _received(told, at)
    standing = score.Standing(due, plain, versions, declared, checked, at, _WINDOWS)
    counts = standing.counts().group_by("outlet").agg(
        pl.col(f"{state}_due").sum().alias("due"), pl.col(f"{state}_valid").sum().alias("valid")
    )  # fmt: skip
    named = counts.join(own, on="outlet").with_columns(pl.lit(month).alias("month"), pl.lit(at).alias("at"))
    return named.select(list(TRANSMISSION)).cast(TRANSMISSION)


def _limits(year: OversightYear, own: pl.DataFrame) -> pl.DataFrame:
    since = moment(year.size.first - timedelta(days=_REGISTERED_DAYS)).astimezone(UTC)
    factors = year.monitors.factors.join(own.select("outlet"), on="outlet", how="semi")
    return factors.select(
        "outlet",
        "pollutant",
        pl.lit(date(2016, 1, 1)).alias("valid_from"),
        pl.lit(None, pl.Date).alias("valid_to"),
        pl.lit(since).cast(pl.Datetime("ms", "UTC")).alias("registered_at"),
    )


def _received(told: pl.DataFrame, at: datetime) -> tuple[pl.DataFrame, pl.DataFrame]:
    """What had been received by then: as ``score.PLAIN``, and the versions of the other hours."""
    local = pl.col("start").dt.epoch("ms") // HOUR_MS + 8
    known = told.filter(pl.col("received_at") <= at).with_columns(
        day=(local // 24).cast(pl.Int32).cast(pl.Date), hour=(local % 24).cast(pl.Int8)
    )
    in_time = pl.col("received_at") <= day_start(pl.col("day")) + timedelta(days=1, hours=_WINDOWS.mark_hours)
    simple = in_time & pl.col("flag").is_in(valid_flags()) & pl.col("mark").is_null()
    plain = (
        known.filter(simple).group_by("outlet", "pollutant", "day").agg(plain=hours.union(hours.one(pl.col("hour"))))
    )
    rest = known.filter(~simple).select(
        "outlet", "pollutant", "day", "hour", pl.lit(1, pl.Int32).alias("revision"),
        pl.col("received_at").cast(pl.Datetime("ms", "UTC")), "flag", "mark", pl.lit(True).alias("measured"),
    )  # fmt: skip
    return plain, rest
