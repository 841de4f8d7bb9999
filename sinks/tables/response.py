"""Answers of divisions to directives, with their evidence by hash as one JSON list."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import Column, Date, Integer, Text
from sqlalchemy.dialects.postgresql import JSONB

from sinks.tables.fact import pair

#: With the division: an answer that another division gives to a case that is not its own takes nobody's place.
KEY: Final = ("case_number", "sequence", "division")


def _columns() -> list[Column[Any]]:
    return [
        Column("case_number", Text, nullable=False),
        Column("sequence", Integer, nullable=False),
        Column("division", Integer, nullable=False),
        Column("action", Text, nullable=False),
        Column("text", Text, nullable=False),
        Column("requested_until", Date),
        Column("responsible_person", Text),
        Column("evidence", JSONB, nullable=False),
    ]


RESPONSE, RESPONSE_HISTORY = pair("response", KEY, _columns)
