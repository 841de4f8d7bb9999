"""The public keys that sign receipts, each from its first use on."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Column, Table, Text, func
from sqlalchemy.dialects.postgresql import JSONB

from sinks.tables.metadata import INSTANT, METADATA

#: ``public_key``: 32 bytes as hexadecimal digits; ``succeeds``: id of the key whose place it took,
#: ``word``: that one's word for it, as receipts carry it.
RECEIPT_KEY: Final = Table(
    "receipt_key",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("public_key", Text, nullable=False),
    Column("succeeds", Text),
    Column("word", JSONB),
    Column("first_used_at", INSTANT, nullable=False, server_default=func.now()),
)
