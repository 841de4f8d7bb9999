"""First and last moments of periods (``2026``, ``2026Q3``, ``2026-10``, ``2026-10-31``) over columns."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from huiliu import period
from huiliu.period import Period


def starts_ms(column: str) -> pl.Expr:
    """First moment, UTC milliseconds; null for a text that is no period."""
    return _moment(column, lambda span: span.start_ms)


def ends_ms(column: str) -> pl.Expr:
    """First moment after the period, UTC milliseconds; null as above."""
    return _moment(column, lambda span: span.end_ms)


def _moment(column: str, of: Callable[[Period], int]) -> pl.Expr:
    def mapped(texts: pl.Series) -> pl.Series:
        found = {text: of(period.parse(text)) for text in texts.unique().drop_nulls() if period.valid(text)}
        return texts.replace_strict(found, default=None, return_dtype=pl.Int64)

    return pl.col(column).map_batches(mapped, return_dtype=pl.Int64)
