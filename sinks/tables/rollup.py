"""Province-level aggregates, kept exact under corrections.

Each worker writes its own ``shard`` of a group, so that workers do not wait for each other; the views over them add the
shards up. Sums are whole numbers (fen, micro-units, counts) in ``numeric``, which neither rounds nor overflows.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import Column, Date, Double, Index, Integer, Numeric, PrimaryKeyConstraint, SmallInteger, Table, Text

from sinks.tables.metadata import METADATA

WHOLE: Final = Numeric(38, 0)


def _rollup(kind: str, group: Sequence[Column[Any]], sums: Sequence[str], *largest: str) -> Table:
    return Table(
        f"rollup_{kind}",
        METADATA,
        *group,
        Column("shard", SmallInteger, nullable=False),
        *(Column(name, WHOLE, nullable=False) for name in sums),
        *(Column(name, Double) for name in largest),
        PrimaryKeyConstraint(*(column.name for column in group), "shard"),
    )


ROLLUP_READING: Final = _rollup(
    "reading",
    [
        Column("city", Integer, nullable=False),
        Column("pollutant", SmallInteger, nullable=False),
        Column("period", SmallInteger, nullable=False),
        Column("day", Date, nullable=False),
    ],
    ["readings", "valid", "averaged", "average_micro", "mass_micro", "exceedances"],
    "maximum",
)

Index("rollup_reading_day", *(ROLLUP_READING.c[name] for name in ("day", "city", "pollutant", "period")))

ROLLUP_PROJECT: Final = _rollup(
    "project",
    [
        Column("city", Integer, nullable=False),
        Column("programme", Text, nullable=False),
        Column("stage", Text, nullable=False),
        Column("month", Text, nullable=False),
    ],
    ["projects", "planned", "cumulative"],
)

ROLLUP_AWARD: Final = _rollup(
    "award",
    [
        Column("city", Integer, nullable=False),
        Column("policy", Text, nullable=False),
        Column("clause", Text, nullable=False),
        Column("fiscal_year", Integer, nullable=False),
        Column("mode", Text, nullable=False),
        Column("status", Text, nullable=False),
    ],
    ["awards", "payees", "amount", "paid"],
)

ROLLUP_INDICATOR: Final = _rollup(
    "indicator",
    [
        Column("division", Integer, nullable=False),
        Column("indicator", Text, nullable=False),
        Column("period", Text, nullable=False),
    ],
    ["reports"],
    "value",
)
