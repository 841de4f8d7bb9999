"""Signatures under receipts, each written before its receipt counts as told."""

from __future__ import annotations

from typing import Final

from sqlalchemy import BigInteger, Column, ForeignKeyConstraint, Integer, LargeBinary, PrimaryKeyConstraint, Table, Text

from sinks.tables.metadata import METADATA

#: ``key``: id of the key that signed; ``value``: the signature, 64 bytes (Ed25519).
RECEIPT_SIGNATURE: Final = Table(
    "receipt_signature",
    METADATA,
    Column("intake", Integer, nullable=False),
    Column("first_offset", BigInteger, nullable=False),
    Column("key", Text, nullable=False),
    Column("value", LargeBinary, nullable=False),
    PrimaryKeyConstraint("intake", "first_offset"),
    ForeignKeyConstraint(["key"], ["receipt_key.id"]),
)
