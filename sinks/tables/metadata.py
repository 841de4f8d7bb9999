"""The one MetaData that all tables of the warehouse belong to, and the columns that every fact carries."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import BigInteger, Boolean, Column, DateTime, Integer, MetaData, Text

#: Constraint names follow one pattern, so that a migration can name what it changes.
METADATA: Final = MetaData(
    naming_convention={
        "ix": "%(table_name)s_%(column_0_N_name)s_idx",
        "uq": "%(table_name)s_%(column_0_N_name)s_key",
        "ck": "%(table_name)s_%(constraint_name)s_check",
        "fk": "%(table_name)s_%(column_0_N_name)s_fkey",
        "pk": "%(table_name)s_pkey",
    }
)

INSTANT: Final = DateTime(timezone=True)


def provenance() -> list[Column[Any]]:
    """Where a fact comes from and since when it is known; the same in every fact table.

    ``content`` is the hash of what the event says; ``known_from`` the time of the batch that wrote the row.
    """
    return [
        Column("revision", Integer, nullable=False),
        Column("reported_at", INSTANT, nullable=False),
        Column("source_ref", Text),
        Column("flagged", Boolean, nullable=False),
        Column("content", BigInteger, nullable=False),
        Column("received_at", INSTANT, nullable=False),
        Column("intake", Integer, nullable=False),
        Column("offset", BigInteger, nullable=False),
        Column("known_from", INSTANT, nullable=False),
    ]


def past() -> list[Column[Any]]:
    """What a superseded row carries besides: until when it was known, and why it gave way.

    ``cause``: ``superseded`` by a later revision; ``passing``, superseded within its own batch; ``rejudged``, the same
    event judged anew because a limit changed (its coordinates then stand in the current table too).
    """
    return [
        Column("known_to", INSTANT, nullable=False),
        Column("cause", Text, nullable=False),
    ]
