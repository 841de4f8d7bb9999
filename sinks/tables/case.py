"""Cases of oversight: their events, which are only added to, and the current state that the events make.

``oversight_case`` is a fold of ``case_event`` and written in the same transaction (``oversight.cases.keeping``).
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
    PrimaryKeyConstraint,
    SmallInteger,
    Table,
    Text,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from sinks.tables.metadata import INSTANT, METADATA

#: ``owner``: a division's code or PROVINCE. No open case is without owner and next date, no cause has two open cases.
OVERSIGHT_CASE: Final = Table(
    "oversight_case",
    METADATA,
    Column("number", Text, primary_key=True),
    Column("cause", Text, nullable=False),
    Column("rule", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("division", Integer, nullable=False),
    Column("subject", Text, nullable=False),
    Column("period", Text, nullable=False),
    Column("severity", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("owner", Text, nullable=False),
    Column("next_date", Date),
    Column("mend_by", Date),
    Column("asked_until", Date),
    Column("level", Text, nullable=False),
    Column("basis", Text, nullable=False),
    Column("returns", Integer, nullable=False),
    Column("events", Integer, nullable=False),
    Column("opened_at", INSTANT, nullable=False),
    Column("last_at", INSTANT, nullable=False),
    Column("closed_at", INSTANT),
    CheckConstraint(
        "case when state = 'CLOSED' then owner = '' and next_date is null and closed_at is not null "
        "else owner <> '' and next_date is not null and closed_at is null end",
        name="owned",
    ),
    Index("oversight_case_open", "cause", unique=True, postgresql_where=text("state <> 'CLOSED'")),
    Index("oversight_case_cause", "cause", "opened_at"),
    Index("oversight_case_division", "division", "state"),
)

#: One transition each; numbered from 1 without a gap within a case.
CASE_EVENT: Final = Table(
    "case_event",
    METADATA,
    Column("number", Text, ForeignKey("oversight_case.number"), nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("kind", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("at", INSTANT, nullable=False),
    Column("reason", Text, nullable=False),
    Column("data", JSONB, nullable=False),
    PrimaryKeyConstraint("number", "sequence"),
)

#: Every answer that came, by where its record was; what became of it. ``outcome``: APPLIED, AGAIN or REFUSED.
CASE_ANSWER: Final = Table(
    "case_answer",
    METADATA,
    Column("topic", Text, nullable=False),
    Column("partition", Integer, nullable=False),
    Column("offset", BigInteger, nullable=False),
    Column("number", Text, nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("division", Integer, nullable=False),
    Column("action", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("code", Text),
    Column("refusal", JSONB),
    Column("at", INSTANT, nullable=False),
    PrimaryKeyConstraint("topic", "partition", "offset"),
    Index("case_answer_number", "number"),
)

#: What the province tells a division of a case, kept as it was told; ``told_at`` null: the broker does not have it yet.
DIRECTIVE: Final = Table(
    "directive",
    METADATA,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("identity", Text, nullable=False, unique=True),
    Column("number", Text, nullable=False),
    Column("division", Integer, nullable=False),
    Column("body", JSONB, nullable=False),
    Column("created_at", INSTANT, nullable=False, server_default=func.now()),
    Column("told_at", INSTANT),
    Index("directive_untold", "id", postgresql_where=text("told_at is null")),
    Index("directive_number", "number"),
)

#: Every judgement that changed something or left something undone. ``refused``: causes that could not be judged.
JUDGEMENT: Final = Table(
    "judgement",
    METADATA,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("as_of", INSTANT, nullable=False),
    Column("rules", SmallInteger, nullable=False),
    Column("matters", Integer, nullable=False),
    Column("events", Integer, nullable=False),
    Column("refused", JSONB, nullable=False),
)
