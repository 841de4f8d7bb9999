"""Where events come from, how far each partition is loaded, and the chain of what became of every range of offsets."""

from __future__ import annotations

from typing import Final

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from sinks.tables.metadata import INSTANT, METADATA

OUTCOMES: Final = ("accepted", "corrected", "duplicate", "stale", "quarantined")

#: One row per (topic, partition): the next offset to load, the hash of its newest ledger entry, and the totals of all
#: its entries with the time of the newest: the ledger grows by many rows a second, these do not.
INTAKE: Final = Table(
    "intake",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("topic", Text, nullable=False),
    Column("partition", Integer, nullable=False),
    Column("division", Integer),
    Column("kind", Text),
    Column("next_offset", BigInteger, nullable=False, server_default=text("0")),
    Column("hash", LargeBinary, nullable=False, server_default=text("'\\x'::bytea")),
    *(Column(name, BigInteger, nullable=False, server_default=text("0")) for name in OUTCOMES),
    Column("loaded_at", INSTANT),
    UniqueConstraint("topic", "partition"),
)

#: One row per loaded chunk. ``gaps`` are offsets that the broker explains (transaction markers, compaction).
LEDGER: Final = Table(
    "ledger",
    METADATA,
    Column("intake", Integer, ForeignKey("intake.id"), nullable=False),
    Column("first_offset", BigInteger, nullable=False),
    Column("next_offset", BigInteger, nullable=False),
    Column("records", Integer, nullable=False),
    Column("gaps", BigInteger, nullable=False),
    Column("accepted", Integer, nullable=False),
    Column("corrected", Integer, nullable=False),
    Column("duplicate", Integer, nullable=False),
    Column("stale", Integer, nullable=False),
    Column("quarantined", Integer, nullable=False),
    Column("outcomes", LargeBinary, nullable=False),  # one byte per offset, deflated (huiliu.outcome)
    Column("raw_sha256", LargeBinary, nullable=False),
    Column("rule_set", Text, nullable=False),
    Column("not_evaluated", JSONB, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    Column("recorded_at", INSTANT, nullable=False, server_default=func.now()),
    PrimaryKeyConstraint("intake", "first_offset"),
    CheckConstraint("records = accepted + corrected + duplicate + stale + quarantined", name="outcomes"),
    CheckConstraint("next_offset - first_offset = records + gaps", name="offsets"),
    CheckConstraint(
        "least(accepted, corrected, duplicate, stale, quarantined, gaps) >= 0 and next_offset > first_offset",
        name="counts",
    ),
)

#: Definitions of the rule sets that verdicts name.
RULE_SET: Final = Table(
    "rule_set",
    METADATA,
    Column("version", Text, primary_key=True),
    Column("activated_at", INSTANT, nullable=False, server_default=func.now()),
    Column("definition", JSONB, nullable=False),
)
