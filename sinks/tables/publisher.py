"""Who may publish for which division, and what."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Boolean, Column, Date, Integer, Table, Text, func, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from sinks.tables.metadata import INSTANT, METADATA

PUBLISHER: Final = Table(
    "publisher",
    METADATA,
    Column("division", Integer, primary_key=True, autoincrement=False),
    Column("kinds", ARRAY(Text), nullable=False),
    Column("channel", Text, nullable=False),
    Column("contact", Text),
    Column("cadence", JSONB, nullable=False, server_default=text("'{}'::jsonb")),
    Column("suspended", Boolean, nullable=False, server_default=text("false")),
    Column("owes_from", Date, nullable=False, server_default=text("(now() at time zone interval '8 hours')::date")),
    Column("changed_at", INSTANT, nullable=False, server_default=func.now()),
)
