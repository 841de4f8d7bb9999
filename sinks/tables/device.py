"""Monitors that may speak to the HJ 212 gateway, and when each was last heard."""

from __future__ import annotations

from typing import Final

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Integer,
    LargeBinary,
    Table,
    Text,
    func,
    text,
)

from sinks.tables.metadata import INSTANT, METADATA

#: One row per monitor number; a reader's role may not read this table. The verifier is that of ``credential``.
DEVICE: Final = Table(
    "device",
    METADATA,
    Column("mn", Text, primary_key=True),
    Column("division", Integer, ForeignKey("publisher.division"), nullable=False),
    Column("salt", LargeBinary),
    Column("iterations", Integer),
    Column("stored_key", LargeBinary),
    Column("allow", ARRAY(Text), nullable=False, server_default=text("'{}'::text[]")),
    Column("deny", ARRAY(Text), nullable=False, server_default=text("'{}'::text[]")),
    Column("crc", Text, nullable=False, server_default=text("'standard'")),
    Column("sm4_key", Text),
    Column("set_clock", Boolean, nullable=False, server_default=text("false")),
    Column("suspended", Boolean, nullable=False, server_default=text("false")),
    Column("changed_at", INSTANT, nullable=False, server_default=func.now()),
    CheckConstraint("crc in ('standard', 'modbus', 'modbus, low byte first')", name="crc"),
    CheckConstraint("(salt is null) = (stored_key is null) and (salt is null) = (iterations is null)", name="verifier"),
)

#: What the gateway noticed of a monitor last; drift is the monitor's clock minus ours, milliseconds.
DEVICE_SEEN: Final = Table(
    "device_seen",
    METADATA,
    Column("mn", Text, primary_key=True),
    Column("seen_at", INSTANT, nullable=False),
    Column("peer", Text, nullable=False),
    Column("edition", Text),
    Column("drift_ms", BigInteger),
)
