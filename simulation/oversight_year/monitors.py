"""The monitors of a synthetic year: outlets, their factors with a limit, and which episodes befall them.

The first outlets take the kinds of episode in turn, so that even a small year has each of them; of the others a share.
An outlet has at most one episode of its own kind at a time, and the cities' episodes lie in months of their own.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import numpy as np
import polars as pl

from huiliu.period import HOUR_MS, day_start_ms
from simulation.oversight_year.episodes import CITY, DAY, FACTOR, OUTLET, RESENT_DAYS, Episode, Kind
from simulation.oversight_year.project_lives import last_day
from simulation.oversight_year.size import Size
from simulation.registry import Enterprise, Outlet, outlets
from sinks.reference import pollutant_ids

#: Share of the outlets with an episode, once each kind has befallen one.
_BEFALLEN: Final = 0.3
#: First days of the year in which nothing happens: what is usual must have been seen before what is not.
_QUIET_DAYS: Final = 21
#: Days before the end in which no episode begins or ends, so that all can be found.
_LAST_DAYS: Final = 4


@dataclass(frozen=True)
class Monitors:
    """``factors``: one row for each outlet and factor with a limit, sorted by outlet.

    ``outlet`` (Int32, from 1: as the warehouse numbers them), ``place`` among the outlet's own factors, ``mn``,
    ``division``, ``city``, ``pollutant`` (Int16), ``pollutant_code``, ``medium``, ``limit``, ``level``, ``swing``,
    ``oxygen`` (what makes a corrected average of an average; null for water).
    """

    outlets: list[Outlet]
    factors: pl.DataFrame
    episodes: list[Episode]

    def of_city(self, city: str) -> pl.DataFrame:
        """The factors of a city's outlets."""
        return self.factors.filter(pl.col("city") == int(city))


def hour_ms(size: Size, hour: int) -> int:
    """The first moment of an hour of the year, UTC milliseconds."""
    return day_start_ms(size.first) + hour * HOUR_MS


def hours_of(size: Size, month: date) -> tuple[int, int]:
    """The hours of a month: the first, and the one after the last."""
    since = (month - size.first).days * DAY
    return since, since + last_day(month).day * DAY


def monitors(generator: np.random.Generator, firms: list[Enterprise], size: Size) -> Monitors:
    """All outlets with what happens to them."""
    known = outlets(generator, firms, size.outlets, size.first - timedelta(days=400))
    factors = pl.DataFrame(list(_factors(generator, known)), schema_overrides=_TYPES)
    episodes = sorted(_episodes(generator, known, factors, size), key=_order)
    return Monitors(known, factors, episodes)


def _order(episode: Episode) -> tuple[str, int, int, int]:
    return episode.city, episode.outlet or 0, episode.factor or 0, episode.since


_TYPES: Final = {
    "outlet": pl.Int32, "place": pl.Int32, "division": pl.Int32, "city": pl.Int32, "pollutant": pl.Int16,
    "limit": pl.Float64, "oxygen": pl.Float64,
}  # fmt: skip


def _factors(generator: np.random.Generator, known: list[Outlet]) -> Iterator[dict[str, object]]:
    for number, outlet in enumerate(known):
        limits = {one["pollutant"]: float(one["value"]) for one in outlet.limits}
        limited = [factor for factor in outlet.enterprise.industry.factors if factor.limit is not None]
        for place, factor in enumerate(limited):
            yield {
                "outlet": number + 1,
                "place": place,
                "mn": outlet.mn,
                "division": int(outlet.enterprise.division),
                "city": int(outlet.city),
                "pollutant": pollutant_ids()[factor.code],
                "pollutant_code": factor.code,
                "medium": outlet.enterprise.industry.medium,
                "limit": limits[factor.code],
                "level": float(generator.uniform(0.3, 0.5)),
                "swing": factor.swing * 0.6,
                "oxygen": float(generator.uniform(1.05, 1.3)) if factor.corrected else None,
            }


def _episodes(
    generator: np.random.Generator, known: list[Outlet], factors: pl.DataFrame, size: Size
) -> Iterator[Episode]:
    """Of factors and outlets in turn, then by chance; each city's own where the year is long enough for it."""
    width = dict(factors.group_by("outlet").len().iter_rows())
    cities = [
        Episode(kind, city, None, None, *_when(generator, kind, size))
        for place, kind in enumerate(CITY)
        for city in size.codes[place :: 4 * len(CITY)]
    ]
    yield from cities
    silent = {one.city: (one.since, one.until) for one in cities if one.kind.topic == "publisher-silent"}
    pairs = [FACTOR[place : place + 2] for place in range(0, len(FACTOR), 2)]
    turns: list[tuple[Kind, ...]] = [*pairs, *((kind,) for kind in OUTLET)]
    for number, outlet in enumerate(known):
        if number >= len(turns) and generator.random() >= _BEFALLEN:
            continue
        for place, kind in enumerate(turns[number % len(turns)]):
            factor = place % width[number + 1] if kind.reach == "factor" else None
            spare = silent.get(outlet.city)
            yield Episode(kind, outlet.city, number + 1, factor, *_apart(generator, kind, size, spare))


def _apart(generator: np.random.Generator, kind: Kind, size: Size, spare: tuple[int, int] | None) -> tuple[int, int]:
    """Hours that do not touch those in which the whole city is silent; a whole month may.

    What is sent again is not received in them either.
    """
    after = (RESENT_DAYS + 1) * DAY if kind.name == "resent" else DAY
    while True:
        since, until = _when(generator, kind, size)
        if spare is None or kind.whole_month or until + after <= spare[0] or spare[1] + DAY <= since:
            return since, until


def _when(generator: np.random.Generator, kind: Kind, size: Size) -> tuple[int, int]:
    if kind.whole_month:
        months = size.calendar[1:-1] or size.calendar[-1:]
        return hours_of(size, months[int(generator.integers(len(months)))])
    length = int(generator.integers(kind.hours[0], kind.hours[1] + 1))
    last = ((size.after - size.first).days - _LAST_DAYS) * DAY - length
    since = int(generator.integers(_QUIET_DAYS * DAY, last))
    if kind.whole_days:
        return since // DAY * DAY, since // DAY * DAY + max(1, length // DAY) * DAY
    return since, since + length
