"""What facts name by small numbers: factors, outlets with their limits, and where an outlet has ever belonged."""

from __future__ import annotations

from typing import Final

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Date,
    Double,
    ForeignKey,
    Index,
    Integer,
    PrimaryKeyConstraint,
    SmallInteger,
    Table,
    Text,
    text,
)

from sinks.tables.metadata import METADATA

#: Monitored factors; the ids are permanent and come from ``schemas/codes/pollutant.json``.
POLLUTANT: Final = Table(
    "pollutant",
    METADATA,
    Column("id", SmallInteger, primary_key=True, autoincrement=False),
    Column("code", Text, nullable=False, unique=True),
    Column("zh", Text, nullable=False),
    Column("en", Text, nullable=False),
)

#: Registered outlets, one per monitor number.
OUTLET: Final = Table(
    "outlet",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("mn", Text, nullable=False, unique=True),
    Column("division", Integer, nullable=False),
    Column("city", Integer, nullable=False),
    Column("medium", Text, nullable=False),
    Column("enterprise", Text, nullable=False),
)

#: Limits by factor and validity (both days included), as the newest registration of the outlet states them.
OUTLET_LIMIT: Final = Table(
    "outlet_limit",
    METADATA,
    Column("outlet", Integer, ForeignKey("outlet.id"), nullable=False),
    Column("pollutant", SmallInteger, nullable=False),
    Column("position", SmallInteger, nullable=False),
    Column("value", Double, nullable=False),
    Column("valid_from", Date, nullable=False),
    Column("valid_to", Date),
    PrimaryKeyConstraint("outlet", "pollutant", "position"),
)

#: Every city an outlet has ever been registered in: how the readings of a city and factor are found by their key.
OUTLET_CITY: Final = Table(
    "outlet_city",
    METADATA,
    Column("city", Integer, nullable=False),
    Column("outlet", Integer, ForeignKey("outlet.id"), nullable=False),
    PrimaryKeyConstraint("city", "outlet"),
)

#: One row: counts the changes of the register, so that a worker knows whether the one it holds is still true.
REGISTER: Final = Table(
    "register",
    METADATA,
    Column("id", SmallInteger, primary_key=True, autoincrement=False),
    Column("version", BigInteger, nullable=False, server_default=text("0")),
    CheckConstraint("id = 1", name="one_row"),
)

Index("outlet_division_idx", OUTLET.c.division)
