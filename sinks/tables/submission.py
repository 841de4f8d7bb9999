"""What was handed in at once, by whichever way in: one request, one file, and where its records went."""

from __future__ import annotations

from typing import Final

from sqlalchemy import (
    CheckConstraint,
    Column,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from sinks.tables.metadata import INSTANT, METADATA

#: ``id`` is a UUIDv7, so ids sort by time. ``ranges``: a list of {topic, partition, first, last}, both ends included.
#: ``key``: the sender's idempotency key; ``answer``: what it was answered, deflated, for the same again.
SUBMISSION: Final = Table(
    "submission",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("publisher", Integer, nullable=False),
    Column("channel", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("name", Text),
    Column("state", Text, nullable=False),
    Column("sent_at", INSTANT, nullable=False, server_default=func.now()),
    Column("records", Integer, nullable=False, server_default=text("0")),
    Column("refused", Integer, nullable=False, server_default=text("0")),
    Column("content_sha256", LargeBinary, nullable=False),
    Column("ranges", JSONB, nullable=False, server_default=text("'[]'::jsonb")),
    Column("key", Text),
    Column("answer", LargeBinary),
    UniqueConstraint("publisher", "key"),
    Index(None, "publisher", "id"),
    CheckConstraint("state in ('pending', 'sent')", name="state"),
    CheckConstraint("least(records, refused) >= 0", name="counts"),
)
