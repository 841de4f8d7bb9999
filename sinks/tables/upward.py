"""How far a lower hub's province topics have been carried into this hub, and what in them could not be."""

from __future__ import annotations

from typing import Final

from sqlalchemy import BigInteger, Column, Integer, LargeBinary, PrimaryKeyConstraint, Table, Text, func

from sinks.tables.metadata import INSTANT, METADATA

#: ``division``: the lower hub, a publisher here; ``topic``, ``partition``: of its province topics; ``kafka_id``: which
#: topic that was; ``first_offset``: where carrying began; ``next_offset``: the next message; ``events`` carried so far.
UPWARD_SOURCE: Final = Table(
    "upward_source",
    METADATA,
    Column("division", Integer, nullable=False),
    Column("topic", Text, nullable=False),
    Column("partition", Integer, nullable=False),
    Column("kafka_id", Text, nullable=False),
    Column("first_offset", BigInteger, nullable=False),
    Column("next_offset", BigInteger, nullable=False),
    Column("events", BigInteger, nullable=False),
    Column("moved_at", INSTANT, nullable=False, server_default=func.now()),
    PrimaryKeyConstraint("division", "topic", "partition"),
)

#: Messages that a relay cannot have written: passed over, and kept in mind.
UPWARD_REFUSED: Final = Table(
    "upward_refused",
    METADATA,
    Column("division", Integer, nullable=False),
    Column("topic", Text, nullable=False),
    Column("partition", Integer, nullable=False),
    Column("message", BigInteger, nullable=False),
    Column("reason", Text, nullable=False),
    Column("noted_at", INSTANT, nullable=False, server_default=func.now()),
    PrimaryKeyConstraint("division", "topic", "partition", "message"),
)

#: Exports of lower hubs that were imported, by the hash of their manifest; ``key``: who signed it; ``known_to``: up to
#: when its control totals are.
UPWARD_IMPORT: Final = Table(
    "upward_import",
    METADATA,
    Column("sha256", LargeBinary, primary_key=True),
    Column("division", Integer, nullable=False),
    Column("key", Text, nullable=False),
    Column("known_to", INSTANT, nullable=False),
    Column("events", BigInteger, nullable=False),
    Column("imported_at", INSTANT, nullable=False, server_default=func.now()),
)
