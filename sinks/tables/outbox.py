"""What the relay still has to publish: one row per loaded chunk and kind, deleted when it is out."""

from __future__ import annotations

from typing import Final

from sqlalchemy import BigInteger, Column, ForeignKey, Identity, Index, Integer, Table, Text, func

from sinks.tables.metadata import INSTANT, METADATA

OUTBOX: Final = Table(
    "outbox",
    METADATA,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("intake", Integer, ForeignKey("intake.id"), nullable=False),
    Column("first_offset", BigInteger, nullable=False),
    Column("next_offset", BigInteger, nullable=False),
    Column("kind", Text, nullable=False),
    Column("created_at", INSTANT, nullable=False, server_default=func.now()),
    Index("outbox_intake_id_idx", "intake", "id"),
)
