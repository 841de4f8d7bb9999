"""Statements that there is nothing to report for an obligation and period."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import Column, Integer, Text

from sinks.tables.fact import pair

KEY: Final = ("division", "obligation", "period")


def _columns() -> list[Column[Any]]:
    return [
        Column("division", Integer, nullable=False),
        Column("obligation", Text, nullable=False),
        Column("period", Text, nullable=False),
        Column("reason", Text, nullable=False),
        Column("reported_by", Text),
    ]


NIL, NIL_HISTORY = pair("nil", KEY, _columns)
