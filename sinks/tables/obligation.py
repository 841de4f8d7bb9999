"""What was granted on obligations: exemptions, extensions, withdrawals of the former, and what was refused.

Only added to. ``recorded_at`` is the database's time, so nothing is granted with an earlier date.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Identity,
    Index,
    Integer,
    Table,
    Text,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from sinks.tables.metadata import INSTANT, METADATA

EVENTS: Final = ("EXEMPT", "EXTEND", "WITHDRAW", "REFUSED")

#: ``subject``: an outlet's MN or a publisher's code; null: everybody of the division. EXEMPT: periods that lie within
#: ``first_day`` to ``last_day``; EXTEND: ``period`` and ``until``, the first moment that is too late; WITHDRAW:
#: ``withdraws``, the number of an exemption; REFUSED: ``asked``, as typed, and ``refusal``, why it was not granted.
OBLIGATION_EVENT: Final = Table(
    "obligation_event",
    METADATA,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("event", Text, nullable=False),
    Column("obligation", Text, nullable=False),
    Column("division", Integer, nullable=False),
    Column("subject", Text),
    Column("first_day", Date),
    Column("last_day", Date),
    Column("period", Text),
    Column("until", INSTANT),
    Column("withdraws", BigInteger, ForeignKey("obligation_event.id")),
    Column("asked", JSONB),
    Column("refusal", Text),
    Column("reason", Text, nullable=False),
    Column("said_by", Text, nullable=False),
    Column("recorded_at", INSTANT, nullable=False, server_default=func.now()),
    CheckConstraint("event in ('EXEMPT', 'EXTEND', 'WITHDRAW', 'REFUSED')", name="event"),
    CheckConstraint(
        "(event = 'EXEMPT') = (first_day is not null) and (event = 'EXEMPT') = (last_day is not null)"
        " and first_day <= last_day",
        name="exempt",
    ),
    CheckConstraint(
        "(event = 'EXTEND') = (period is not null) and (event = 'EXTEND') = (until is not null)"
        " and until > recorded_at",
        name="extend",
    ),
    CheckConstraint("(event = 'WITHDRAW') = (withdraws is not null)", name="withdraw"),
    CheckConstraint(
        "(event = 'REFUSED') = (asked is not null) and (event = 'REFUSED') = (refusal is not null)", name="refused"
    ),
    Index("obligation_event_division", "division", "obligation"),
    Index("obligation_event_withdrawn", "withdraws", unique=True, postgresql_where=text("withdraws is not null")),
)
