"""Building a pair of fact tables: the current rows, one per natural key, and the rows that gave way."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import CheckConstraint, Column, Index, PrimaryKeyConstraint, Table
from sqlalchemy.schema import SchemaItem

from sinks.tables.metadata import METADATA, past, provenance

Columns = Callable[[], list[Column[Any]]]


def pair(kind: str, key: Sequence[str], columns: Columns, *items: SchemaItem) -> tuple[Table, Table]:
    """Tables ``<kind>`` and ``<kind>_history``; ``items`` are further constraints of the current table."""

    def complete() -> list[Column[Any]]:
        return [*columns(), *provenance()]

    current = Table(
        kind,
        METADATA,
        *complete(),
        PrimaryKeyConstraint(*key),
        Index(f"{kind}_coordinates", "intake", "offset", unique=True),
        *items,
    )
    return current, history(kind, key, complete)


def history(kind: str, key: Sequence[str], columns: Columns) -> Table:
    """Table ``<kind>_history``: found by natural key for "as known on", by coordinates for proof."""
    name = f"{kind}_history"
    return Table(
        name,
        METADATA,
        *columns(),
        *past(),
        PrimaryKeyConstraint("intake", "offset", "known_to"),
        CheckConstraint("cause in ('superseded', 'passing', 'rejudged')", name="cause"),
        Index(f"{name}_key", *key),
    )
