"""What the relay still has to tell: one row per loaded chunk, written in the batch and deleted when it is told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Connection, delete, text

from schemas.topics import parse_intake
from sinks.ledger import Entry, Head
from sinks.queries import query
from sinks.tables.outbox import OUTBOX

#: What a quarantined record weighs, a message of its own, against one that was loaded and shares a file with others.
LETTER: Final = 10

#: A weight that no chunk has.
NO_LIMIT: Final = 1 << 60

#: Chunks of one partition that are claimed at once.
_DEEP: Final = 50


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


def claim(
    connection: Connection, limit: int, without: Sequence[int] = (), *, lightest: int = 0, heaviest: int = NO_LIMIT
) -> list[dict[str, Any]]:
    """Rows that nobody else is telling, of partitions that nobody else is telling of; locked.

    First the oldest of each partition, then the next of each: no partition's backlog stands before another's chunk.
    None of the intakes ``without``, and only those whose oldest chunk weighs what is said: a loaded record one, a
    quarantined one ``LETTER``. A partition's chunks are told in order: while one relay holds a chunk of a partition,
    the others pass it over.
    """
    chosen = {
        "limit": limit,
        "deep": _DEEP,
        "without": list(without),
        "letter": LETTER,
        "lightest": lightest,
        "heaviest": heaviest,
    }
    return [dict(row) for row in connection.execute(text(query("outbox", "claim")), chosen).mappings()]


def entries(connection: Connection, ids: Sequence[int]) -> list[dict[str, Any]]:
    """The ledger's entries that these rows stand for, in the order of ``ids``.

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
