"""Where rejected records wait, bytes kept verbatim, and what was found wrong: with them and with loaded rows."""

from __future__ import annotations

from typing import Final

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    SmallInteger,
    Table,
    Text,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from sinks.tables.metadata import INSTANT, METADATA

QUARANTINE: Final = Table(
    "quarantine",
    METADATA,
    Column("intake", Integer, ForeignKey("intake.id"), nullable=False),
    Column("offset", BigInteger, nullable=False),
    Column("key", LargeBinary),
    Column("value", LargeBinary),
    Column("headers", LargeBinary),
    Column("received_at", BigInteger, nullable=False),  # UTC ms as Kafka has it; a publisher can set nonsense
    Column("layer", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("publisher", Integer),
    Column("rule_set", Text, nullable=False),
    Column("not_evaluated", JSONB, nullable=False),
    Column("status", Text, nullable=False, server_default=text("'open'")),
    Column("status_at", INSTANT, nullable=False, server_default=func.now()),
    Column("recorded_at", INSTANT, nullable=False, server_default=func.now()),
    PrimaryKeyConstraint("intake", "offset"),
    CheckConstraint("status in ('open', 'requeued', 'corrected')", name="status"),
    Index("quarantine_waiting", "publisher", "kind", "status"),
    Index("quarantine_recorded_at_idx", "recorded_at", "intake", "offset"),
    Index("quarantine_settled", "kind", postgresql_where=text("status <> 'open'")),
)

FINDING: Final = Table(
    "finding",
    METADATA,
    Column("intake", Integer, nullable=False),
    Column("offset", BigInteger, nullable=False),
    Column("seq", SmallInteger, nullable=False),
    Column("code", Text, nullable=False),
    Column("severity", Text, nullable=False),
    Column("field", Text, nullable=False),
    Column("value", Text),
    Column("expected", Text),
    Column("difference", Text),
    Column("suggestion", Text),
    PrimaryKeyConstraint("intake", "offset", "seq"),
    CheckConstraint("severity in ('error', 'warning', 'info')", name="severity"),
    Index("finding_code", "code", "intake", "offset", postgresql_where=text("severity = 'error'")),
)
