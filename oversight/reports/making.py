"""Making a section's rows out of a frame: columns in order, nulls kept, a total where one is given."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import polars as pl

from oversight.reports.section import Cell, Column

CITY = Column("city", "区划代码", "division", "GB/T 2260 市代码")
CITY_NAME = Column("city_name", "市", "text")
RANK = Column("rank", "位次", "rank", "同值同位次，其后顺延")
PLACES = Column("places", "位次变化", "places", "上期位次减本期位次，正数为上升")

WHOLE = "全省"


def rows(frame: pl.DataFrame, columns: Iterable[Column]) -> tuple[tuple[Cell, ...], ...]:
    """The frame's rows as cells; shares and points are rounded to a millionth, which no table shows."""
    told = frame.select(_cell(column) for column in columns)
    return tuple(told.iter_rows())


def _cell(column: Column) -> pl.Expr:
    if column.sort in ("share", "points", "value", "score"):
        return pl.col(column.name).cast(pl.Float64).round(6)
    if column.sort in ("count", "change", "fen", "rank", "places"):
        return pl.col(column.name).cast(pl.Int64)
    return pl.col(column.name).cast(pl.String)


def total(columns: Iterable[Column], figures: Mapping[str, Any]) -> tuple[Cell, ...]:
    """A total row: the name of the whole, then what is told of it."""
    named = {"city": "", "city_name": WHOLE, **figures}
    return tuple(_rounded(column, named.get(column.name)) for column in columns)


def _rounded(column: Column, cell: Any) -> Cell:
    return round(float(cell), 6) if column.sort in ("share", "points", "value", "score") and cell is not None else cell


def share(part: float | None, whole: float | None) -> float | None:
    """A part of a whole; None where the whole is none."""
    return part / whole if whole and part is not None else None


def less(now: float | None, before: float | None) -> float | None:
    """The difference; None where one of the two is missing."""
    return None if now is None or before is None else now - before
