"""What proves that somebody is a publisher: a verifier of its secret, never the secret."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Column, ForeignKey, Integer, LargeBinary, Table, Text, func

from sinks.tables.metadata import INSTANT, METADATA

#: As RFC 5802 has them, with SHA-512; a reader's role may not read this table.
CREDENTIAL: Final = Table(
    "credential",
    METADATA,
    Column("user_name", Text, primary_key=True),
    Column("division", Integer, ForeignKey("publisher.division"), nullable=False, unique=True),
    Column("salt", LargeBinary, nullable=False),
    Column("iterations", Integer, nullable=False),
    Column("stored_key", LargeBinary, nullable=False),
    Column("changed_at", INSTANT, nullable=False, server_default=func.now()),
)
