"""Two fields that stand in each other's place: suggested where exchanging them mends the event."""

from __future__ import annotations

import polars as pl

from validators.finding import shown_date


def dates(earlier: str, later: str) -> pl.Expr:
    """Both dates exchanged, as ``earlier = …, later = …``."""
    return pl.format(f"{earlier} = {{}}, {later} = {{}}", shown_date(pl.col(later)), shown_date(pl.col(earlier)))


def extremes() -> pl.Expr:
    """A reading's minimum and maximum exchanged, where its average, if it has one, lies between them then."""
    low, high, average = pl.col("maximum"), pl.col("minimum"), pl.col("average")
    mends = (low < high) & (average.is_null() | average.is_between(low, high))
    return pl.when(mends).then(pl.format("minimum = {}, maximum = {}", low, high))
