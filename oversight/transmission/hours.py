"""Sets of the 24 hours of a day as whole numbers: bit 0 is the hour from midnight in Shanghai."""

from __future__ import annotations

from typing import Final

import polars as pl

from huiliu.period import DAY_MS, HOUR_MS

SET: Final[type[pl.DataType]] = pl.UInt32
NONE: Final = pl.lit(0, SET)
ALL: Final = pl.lit(2**24 - 1, SET)


def one(hour: pl.Expr) -> pl.Expr:
    """The set of one hour, 0 to 23."""
    return pl.lit(2, SET).pow(hour).cast(SET)


def span(first: pl.Expr, after: pl.Expr) -> pl.Expr:
    """The hours from ``first`` to before ``after``, both cut to 0 to 24; empty where they cross."""
    low, high = first.clip(0, 24), after.clip(0, 24)
    within = pl.lit(2, pl.Int64).pow(high).cast(pl.Int64) - pl.lit(2, pl.Int64).pow(low).cast(pl.Int64)
    return pl.when(high > low).then(within).otherwise(0).cast(SET)


def since_midnight(day: pl.Expr, moment: pl.Expr, *, up: bool) -> pl.Expr:
    """Which hour of the Shanghai day a moment is in, or with ``up`` the first that begins not before it; unbounded.

    In whole numbers: Polars divides floats by a constant by multiplying, and the floor of one hour comes out as 0.
    """
    passed = moment.dt.epoch("ms") - (day.dt.epoch("d").cast(pl.Int64) * DAY_MS - 8 * HOUR_MS)
    return (passed + (HOUR_MS - 1 if up else 0)) // HOUR_MS


def without(these: pl.Expr, those: pl.Expr) -> pl.Expr:
    """The hours of the first that are not in the second."""
    return these & (~those & ALL)


def earliest(these: pl.Expr) -> pl.Expr:
    """The first hour of a set alone: the lowest bit; the empty set stays empty."""
    return these & ((~these & ALL) + 1)


def count(these: pl.Expr) -> pl.Expr:
    """How many hours are in the set."""
    return these.bitwise_count_ones().cast(pl.Int64)


def union(these: pl.Expr) -> pl.Expr:
    """Over a group: the hours that are in any of its sets; empty for no set."""
    return these.bitwise_or().fill_null(NONE).cast(SET)


def listed(frame: pl.DataFrame, these: str) -> pl.DataFrame:
    """One row for each hour of the column's set, with ``hour`` (Int8)."""
    hours = pl.DataFrame({"hour": range(24)}, schema={"hour": pl.Int8})
    return frame.filter(pl.col(these) != 0).join(hours, how="cross").filter((pl.col(these) & one(pl.col("hour"))) != 0)
