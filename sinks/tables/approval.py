"""What divisions said of their figures of a kind and period, and what they were refused; both are only added to."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import BigInteger, CheckConstraint, Column, Identity, Index, Integer, LargeBinary, Table, Text, func
from sqlalchemy.dialects.postgresql import JSONB

from sinks.tables.metadata import INSTANT, METADATA


def _said() -> list[Column[Any]]:
    """What was to be said of which figures, and when: by which division (``said_by``), by whom for it (``actor``)."""
    return [
        Column("id", BigInteger, Identity(), primary_key=True),
        Column("division", Integer, nullable=False),
        Column("kind", Text, nullable=False),
        Column("period", Text, nullable=False),
        Column("action", Text, nullable=False),
        Column("said_by", Integer, nullable=False),
        Column("actor", Text, nullable=False),
        Column("said_at", INSTANT, nullable=False, server_default=func.now()),
    ]


#: ``hash``: root of the cells that it was said of; ``cells``: those cells, of CONFIRMED
#: (:mod:`oversight.approvals.cell`).
APPROVAL: Final = Table(
    "approval",
    METADATA,
    *_said(),
    Column("hash", LargeBinary, nullable=False),
    Column("cells", JSONB, nullable=False),
    Column("why", Text, nullable=False),
    CheckConstraint("action in ('CONFIRMED', 'ACCEPTED', 'RETURNED')", name="action"),
    Index("approval_matter", "kind", "period", "division"),
)

#: An act that was refused, with the reason and its wording then.
APPROVAL_REFUSAL: Final = Table(
    "approval_refusal",
    METADATA,
    *_said(),
    Column("seen", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("told", Text, nullable=False),
    Index("approval_refusal_matter", "kind", "period", "division"),
)
