"""What the relay still has to tell: one row per loaded chunk, written in the batch and deleted when it is told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, delete, text

from schemas.topics import parse_intake
from sinks.ledger import Entry, Head
from sinks.queries import query
from sinks.tables.outbox import OUTBOX


def append(connection: Connection, heads: Mapping[tuple[str, int], Head], entries: Sequence[Entry]) -> None:
    """One row for each chunk that the batch loads."""
    kinds = {head.intake: _kind(head.topic) for head in heads.values()}
    if entries:
        told = {
            "intakes": [entry.intake for entry in entries],
            "firsts": [entry.first_offset for entry in entries],
            "nexts": [entry.next_offset for entry in entries],
            "kinds": [kinds[entry.intake] for entry in entries],
        }
        connection.execute(text(query("outbox", "append")), told)


def _kind(topic: str) -> str:
    parsed = parse_intake(topic)
    return parsed.kind if parsed else ""


def claim(connection: Connection, limit: int, without: Sequence[int] = ()) -> list[dict[str, Any]]:
    """The oldest rows that nobody else is telling, of partitions that nobody else is telling of; locked.

    None of the intakes ``without``.
    A partition's chunks are told in order: while one relay holds a chunk of a partition, the others pass it over.
    """
    chosen = {"limit": limit, "without": list(without)}
    return [dict(row) for row in connection.execute(text(query("outbox", "claim")), chosen).mappings()]


def entries(connection: Connection, ids: Sequence[int]) -> list[dict[str, Any]]:
    """The ledger's entries that these rows stand for, in the order of the rows.

    Each by the columns of the ledger, with ``id`` of the row, ``topic``, ``partition`` and ``previous_hash``.
    """
    return [dict(row) for row in connection.execute(text(query("outbox", "entries")), {"ids": list(ids)}).mappings()]


def done(connection: Connection, ids: Sequence[int]) -> None:
    """These have been told."""
    if ids:
        connection.execute(delete(OUTBOX).where(OUTBOX.c.id.in_(list(ids))))


def waiting(connection: Connection) -> int:
    """How many chunks have not been told yet."""
    count: int = connection.execute(text("select count(*) from outbox")).scalar_one()
    return count
