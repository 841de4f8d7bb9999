"""Industrial projects: the current state of each, under its national project code."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import BigInteger, Column, Date, Double, Integer, Text

from sinks.tables.fact import pair

KEY: Final = ("project_code",)


def _columns() -> list[Column[Any]]:
    return [
        Column("project_code", Text, nullable=False),
        Column("division", Integer, nullable=False),
        Column("city", Integer, nullable=False),
        Column("name", Text, nullable=False),
        Column("enterprise", Text, nullable=False),
        Column("industry", Text, nullable=False),
        Column("programme", Text, nullable=False),
        Column("tier", Text, nullable=False),
        Column("stage", Text, nullable=False),
        Column("month", Text, nullable=False),
        Column("planned_investment", BigInteger, nullable=False),
        Column("cumulative_investment", BigInteger, nullable=False),
        Column("equipment_investment", BigInteger),
        Column("software_investment", BigInteger),
        Column("progress", Double, nullable=False),
        Column("planned_start", Date),
        Column("planned_completion", Date),
        Column("actual_start", Date),
        Column("actual_completion", Date),
        Column("responsible_unit", Text),
        Column("responsible_person", Text),
    ]


PROJECT, PROJECT_HISTORY = pair("project", KEY, _columns)
