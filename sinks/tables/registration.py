"""Registrations of outlets and monitors as reported, with their limits as one JSON list.

What the loading of readings needs of them is kept apart, by small numbers: ``outlet`` and ``outlet_limit``.
"""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import Column, Double, Integer, Text
from sqlalchemy.dialects.postgresql import JSONB

from sinks.tables.fact import pair

KEY: Final = ("mn",)


def _columns() -> list[Column[Any]]:
    return [
        Column("mn", Text, nullable=False),
        Column("division", Integer, nullable=False),
        Column("outlet_name", Text, nullable=False),
        Column("enterprise", Text, nullable=False),
        Column("enterprise_name", Text, nullable=False),
        Column("medium", Text, nullable=False),
        Column("longitude", Double),
        Column("latitude", Double),
        Column("limits", JSONB, nullable=False),
    ]


REGISTRATION, REGISTRATION_HISTORY = pair("registration", KEY, _columns)
