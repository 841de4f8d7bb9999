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
    Column("awaits", Text),  # the monitor (MN) whose registration it waits for
    Column("corrects_intake", Integer),  # the record that this one was to correct: the first of a chain of attempts
    Column("corrects_offset", BigInteger),
    Column("closed_intake", Integer),  # the record that closed it; status_at says when
    Column("closed_offset", BigInteger),
    PrimaryKeyConstraint("intake", "offset"),
    CheckConstraint("status in ('open', 'waiting', 'requeued', 'corrected')", name="status"),
    CheckConstraint("status <> 'waiting' or awaits is not null", name="awaits"),
    Index("quarantine_waiting", "publisher", "kind", "status"),
    Index("quarantine_recorded_at_idx", "recorded_at", "intake", "offset"),
    Index("quarantine_settled", "kind", postgresql_where=text("status in ('requeued', 'corrected')")),
    Index("quarantine_awaits", "awaits", "intake", "offset", postgresql_where=text("status = 'waiting'")),
    Index("quarantine_closed", "closed_intake", "closed_offset", postgresql_where=text("awaits is not null")),
    Index(
        "quarantine_corrects",
        "corrects_intake",
        "corrects_offset",
        postgresql_where=text("corrects_intake is not null"),
    ),
)

#: Monitors that were registered while readings of theirs waited; the relay sends those again and deletes the row.
RELEASE: Final = Table(
    "release",
    METADATA,
    Column("mn", Text, primary_key=True),
    Column("created_at", INSTANT, nullable=False, server_default=func.now()),
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
    Column("source_ref", Text),
    Column("pattern", Text),  # the form of the value (validators.finding.pattern)
    PrimaryKeyConstraint("intake", "offset", "seq"),
    CheckConstraint("severity in ('error', 'warning', 'info')", name="severity"),
    Index("finding_code", "code", "intake", "offset", postgresql_where=text("severity = 'error'")),
)
