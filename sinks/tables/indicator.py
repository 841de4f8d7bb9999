"""Values of indicators by division and period."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import Boolean, CheckConstraint, Column, Double, Integer, Text

from sinks.tables.fact import pair

KEY: Final = ("division", "indicator", "period")


def _columns() -> list[Column[Any]]:
    return [
        Column("division", Integer, nullable=False),
        Column("indicator", Text, nullable=False),
        Column("period", Text, nullable=False),
        Column("value", Double, nullable=False),
        Column("unit", Text, nullable=False),
        Column("cumulative", Boolean, nullable=False),
    ]


INDICATOR, INDICATOR_HISTORY = pair(
    "indicator",
    KEY,
    _columns,
    # PostgreSQL orders NaN above infinity, so this keeps out both.
    CheckConstraint("value > '-Infinity'::float8 and value < 'Infinity'::float8", name="finite"),
)
