"""What is declared for spans of hours of an outlet: stops, outages, repairs, with who said so and when.

Both tables are only added to. ``recorded_at`` is the database's time, so nothing can be declared, documented or
withdrawn with an earlier date.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    SmallInteger,
    Table,
    Text,
    func,
)

from sinks.tables.metadata import INSTANT, METADATA

#: ``pollutant`` null: all factors. ``starts`` to before ``ends``, whole hours.
DECLARATION: Final = Table(
    "declaration",
    METADATA,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("outlet", Integer, ForeignKey("outlet.id"), nullable=False),
    Column("pollutant", SmallInteger),
    Column("mark", Text, nullable=False),
    Column("starts", INSTANT, nullable=False),
    Column("ends", INSTANT, nullable=False),
    Column("reason", Text, nullable=False),
    Column("declared_by", Text, nullable=False),
    Column("recorded_at", INSTANT, nullable=False, server_default=func.now()),
    CheckConstraint("starts < ends", name="span"),
    Index("declaration_outlet", "outlet", "starts"),
)

#: At most one document and one withdrawal of each. ``document``: its number or name; ``sha256``: of its file, if given.
DECLARATION_STEP: Final = Table(
    "declaration_step",
    METADATA,
    Column("declaration", BigInteger, ForeignKey("declaration.id"), nullable=False),
    Column("step", Text, nullable=False),
    Column("recorded_at", INSTANT, nullable=False, server_default=func.now()),
    Column("said_by", Text, nullable=False),
    Column("document", Text),
    Column("sha256", LargeBinary),
    PrimaryKeyConstraint("declaration", "step"),
    CheckConstraint("step in ('DOCUMENT', 'WITHDRAWN')", name="step"),
    CheckConstraint("(step = 'DOCUMENT') = (document is not null)", name="document"),
)
