"""Readings of pollution monitors: by far the most rows, partitioned by month of ``start``, keyed by small integers.

The eight-byte columns come first so that no padding is stored between them. ``valid`` and ``exceeded`` are judged when
the row is loaded (flag N and no invalidating mark; corrected average, else average, over the limit in force) and again
when a registration changes the limit. Partitions are made on demand (``sinks.partitions``), so a reading's month
exists before its rows come. There is no index on the coordinates: it would cost a third of the loading speed. Rows
of one batch lie together, so a BRIN index on ``known_from`` finds a chunk by the time the ledger gives for it.
"""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Double,
    Index,
    Integer,
    PrimaryKeyConstraint,
    SmallInteger,
    Table,
    Text,
    text,
)

from sinks.tables.fact import history
from sinks.tables.metadata import INSTANT, METADATA

KEY: Final = ("outlet", "pollutant", "period", "start")

MEASURES: Final = ("average", "minimum", "maximum", "cumulative", "corrected")

#: Measured values are summed as whole micro-units, exact up to this bound; no factor's unit comes near it.
LARGEST_VALUE: Final = 9_000_000_000


def _columns() -> list[Column[Any]]:
    return [
        Column("start", INSTANT, nullable=False),
        *(Column(name, Double) for name in MEASURES),
        Column("limit_value", Double),
        Column("content", BigInteger, nullable=False),
        Column("reported_at", INSTANT, nullable=False),
        Column("received_at", INSTANT, nullable=False),
        Column("known_from", INSTANT, nullable=False),
        Column("offset", BigInteger, nullable=False),
        Column("intake", Integer, nullable=False),
        Column("outlet", Integer, nullable=False),
        Column("division", Integer, nullable=False),
        Column("city", Integer, nullable=False),
        Column("revision", Integer, nullable=False),
        Column("pollutant", SmallInteger, nullable=False),
        Column("period", SmallInteger, nullable=False),
        Column("valid", Boolean, nullable=False),
        Column("exceeded", Boolean, nullable=False),
        Column("flagged", Boolean, nullable=False),
        Column("flag", Text, nullable=False),
        Column("mark", Text),
        Column("source_ref", Text),
    ]


READING: Final = Table(
    "reading",
    METADATA,
    *_columns(),
    PrimaryKeyConstraint(*KEY),
    CheckConstraint(" and ".join(f"abs({name}) <= {LARGEST_VALUE}" for name in MEASURES), name="finite"),
    Index(
        "reading_known_from",
        "known_from",
        postgresql_using="brin",
        postgresql_with={"autosummarize": True, "pages_per_range": 32},
    ),
    Index(
        "reading_exceeded",
        *("division", "start", "outlet", "pollutant", "period"),
        postgresql_where=text("exceeded"),
    ),
    postgresql_partition_by="RANGE (start)",
)
READING_HISTORY: Final = history("reading", KEY, _columns)
