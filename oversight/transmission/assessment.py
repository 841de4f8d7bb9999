"""The assessment over the warehouse: what is read, in order, and what the pure functions make of it.

1. Outlets as registered, cut to those asked for.
2. Hours due by their limits.
3. Hours received in time and plainly valid, counted in the database.
4. All versions of the other hours, and declarations.
5. What stands in both figures, and its counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import polars as pl

from huiliu import division
from oversight.transmission import lost, registered, score
from oversight.transmission.marks import CHECKED, valid_flags
from oversight.transmission.score import Standing, State
from oversight.transmission.windows import Windows
from sinks import transmission
from sinks.reference import pollutant_ids
from sinks.register import with_city
from sinks.transmission import Span
from sinks.warehouse import Connection

#: What figures can be added up by, and the columns that name each.
LEVELS: dict[str, tuple[str, ...]] = {
    "province": ("province",),
    "city": ("city",),
    "enterprise": ("city", "enterprise", "enterprise_name"),
    "outlet": ("city", "mn", "outlet_name", "enterprise_name"),
    "factor": ("city", "mn", "outlet_name", "pollutant_code"),
    "pollutant": ("pollutant_code",),
    "day": ("day",),
}


@dataclass(frozen=True, slots=True)
class Scope:
    """Days (both included), and one division, outlet or factor, or all. ``as_of``: what had been received by then."""

    first: date
    last: date
    as_of: datetime
    division: str | None = None
    mn: str | None = None
    pollutant: str | None = None


@dataclass(frozen=True)
class Assessment:
    """The figures of a scope. ``outlets``: who they are; ``standing``: what stands of each hour."""

    outlets: pl.DataFrame
    standing: Standing
    counts: pl.DataFrame

    def rates(self, level: str) -> pl.DataFrame:
        """Counts and rates of each at this level (see LEVELS), in the order of their names."""
        return score.rates(self._named(self.counts), LEVELS[level])

    def total(self) -> pl.DataFrame:
        """One row: all that was asked for."""
        return score.rates(self.counts, ())

    def hours(self, state: State, *, excluded: bool = False) -> pl.DataFrame:
        """The hours that cost points in this figure, or that take no part, named (see ``lost.hours_of``)."""
        return self._named(lost.hours_of(self.standing, state, excluded=excluded)).sort("mn", "pollutant_code", "start")

    def _named(self, frame: pl.DataFrame) -> pl.DataFrame:
        codes = {number: code for code, number in pollutant_ids().items()}
        return frame.join(self.outlets, on="outlet", how="left", maintain_order="left").with_columns(
            pollutant_code=pl.col("pollutant").replace_strict(codes, return_dtype=pl.String)
        )


def registered_within(
    connection: Connection, wider: str | None, mn: str | None, as_of: datetime | None = None
) -> pl.DataFrame:
    """Outlets of a division, one alone, or all: ``sinks.transmission.outlets`` with ``city`` and ``province``."""
    known = _placed(transmission.outlets(connection, as_of or datetime.now(UTC)))
    return _chosen(known, wider, mn)


def assess(connection: Connection, scope: Scope, windows: Windows) -> Assessment:
    """The figures of a scope, read in one state of the warehouse."""
    outlets = registered_within(connection, scope.division, scope.mn, scope.as_of)  # 1
    limits = transmission.limits(outlets)  # 2
    if scope.pollutant is not None:
        limits = limits.filter(pl.col("pollutant") == pollutant_ids()[scope.pollutant])
    due = registered.due(limits, scope.first, scope.last, scope.as_of, windows)
    narrow = scope.division is not None or scope.mn is not None
    span = Span(scope.first, scope.last, tuple(outlets["outlet"]) if narrow else None)
    asked = (connection, span, due["pollutant"].unique().sort().to_list(), valid_flags(), _grace(windows))
    plain, told = transmission.plain(*asked), transmission.versions(*asked)  # 3, 4
    declarations = transmission.declarations(connection, span)
    checked = [pollutant_ids()[code] for code in CHECKED]
    standing = Standing(due, plain, told, declarations, checked, scope.as_of, windows)  # 5
    return Assessment(outlets.drop("limits", "registered_at"), standing, standing.counts())


def _grace(windows: Windows) -> timedelta:
    return timedelta(days=1, hours=windows.mark_hours)


def _placed(outlets: pl.DataFrame) -> pl.DataFrame:
    cities = with_city(outlets).with_columns(pl.col("city", "division").cast(pl.String))
    return cities.with_columns(province=pl.col("city").str.head(2) + "0000")


def _chosen(outlets: pl.DataFrame, wider: str | None, mn: str | None) -> pl.DataFrame:
    if mn is not None:
        outlets = outlets.filter(pl.col("mn") == mn)
    if wider is None:
        return outlets
    within = [code for code in outlets["division"].unique() if _lies_in(code, wider)]
    return outlets.filter(pl.col("division").is_in(within))


def _lies_in(code: str, wider: str) -> bool:
    return division.known(code) and division.within(code, wider)
