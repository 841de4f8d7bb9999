"""Awards and subsidies under their award number; amounts in fen."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import BigInteger, Boolean, Column, Date, Index, Integer, Text

from sinks.tables.fact import pair

KEY: Final = ("award_number",)


def _columns() -> list[Column[Any]]:
    return [
        Column("award_number", Text, nullable=False),
        Column("division", Integer, nullable=False),
        Column("city", Integer, nullable=False),
        Column("policy", Text, nullable=False),
        Column("clause", Text, nullable=False),
        Column("fiscal_year", Integer, nullable=False),
        Column("project_code", Text),
        Column("payee", Text),
        Column("payee_name", Text),
        Column("payee_count", Integer, nullable=False),
        Column("basis", BigInteger),
        Column("amount", BigInteger, nullable=False),
        Column("uplift", Boolean, nullable=False),
        Column("level", Text, nullable=False),
        Column("mode", Text, nullable=False),
        Column("status", Text, nullable=False),
        Column("document_number", Text),
        Column("publicised_on", Date),
        Column("approved_on", Date),
        Column("paid_on", Date),
        Column("paid_amount", BigInteger),
    ]


#: Awards of one payee for one project, over all levels and years, are what a cap on stacking asks for.
AWARD, AWARD_HISTORY = pair("award", KEY, _columns, Index("award_stack", "payee", "project_code"))
