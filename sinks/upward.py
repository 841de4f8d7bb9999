"""How far a lower hub's province topics have been carried into this one: kept here, where the records went.

The place of a partition moves only forward and only from where the mover believed it to be, so two processes that
carry the same hub cannot undo each other's steps.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, delete, insert, select, text

from huiliu.language import text as wording
from sinks.errors import AnotherWriter
from sinks.queries import query
from sinks.tables.upward import UPWARD_IMPORT, UPWARD_REFUSED, UPWARD_SOURCE


class Place(NamedTuple):
    """How far a partition is carried: the topic's id, and the next message."""

    kafka_id: str
    next_offset: int


class Step(NamedTuple):
    """A partition moves from one message to another, ``events`` having been carried; ``kafka_id`` is the topic's."""

    topic: str
    partition: int
    kafka_id: str
    before: int
    after: int
    events: int


class Passed(NamedTuple):
    """A message that was passed over, and why."""

    topic: str
    partition: int
    message: int
    reason: str


def places(connection: Connection, division: str) -> dict[tuple[str, int], Place]:
    """How far each partition of the lower hub's topics is carried; those never read are absent."""
    found = connection.execute(select(UPWARD_SOURCE).where(UPWARD_SOURCE.c.division == int(division)))
    return {(row.topic, row.partition): Place(row.kafka_id, row.next_offset) for row in found}


def move(connection: Connection, division: str, steps: Sequence[Step], passed: Sequence[Passed] = ()) -> None:
    """Note these steps and what was passed over. Raises AnotherWriter where a partition is not at ``before``."""
    for step in steps:
        told = {"division": int(division), **step._asdict()}
        if connection.execute(text(query("upward", "move")), told).rowcount != 1:
            raise AnotherWriter(
                wording(
                    f"{step.topic}[{step.partition}] 已由另一个 huiliu upward run 推进",
                    f"{step.topic}[{step.partition}] was moved on by another huiliu upward run",
                )
            )
    for one in passed:
        connection.execute(text(query("upward", "refuse")), {"division": int(division), **one._asdict()})


def carried(connection: Connection, division: str | None = None) -> list[dict[str, Any]]:
    """The places of all partitions by lower hub, topic and partition; of one hub, or of all."""
    statement = select(UPWARD_SOURCE).order_by("division", "topic", "partition")
    if division is not None:
        statement = statement.where(UPWARD_SOURCE.c.division == int(division))
    return [dict(row) for row in connection.execute(statement).mappings()]


def refused(connection: Connection, division: str | None = None) -> list[dict[str, Any]]:
    """The messages that were passed over, the newest first, a hundred at most."""
    statement = select(UPWARD_REFUSED).order_by(UPWARD_REFUSED.c.noted_at.desc(), "topic", "partition", "message")
    if division is not None:
        statement = statement.where(UPWARD_REFUSED.c.division == int(division))
    return [dict(row) for row in connection.execute(statement.limit(100)).mappings()]


def forget(connection: Connection, division: str) -> int:
    """Forget how far the lower hub is carried; returns how many partitions that were."""
    return connection.execute(delete(UPWARD_SOURCE).where(UPWARD_SOURCE.c.division == int(division))).rowcount


def loaded(connection: Connection, kinds: Sequence[str], first: datetime, end: datetime) -> list[dict[str, Any]]:
    """Ledger entries with loaded events of these kinds, recorded in ``first`` to before ``end``, in order of offset.

    By the ledger's columns, with ``topic``, ``partition`` and ``kind``.
    """
    told = {"kinds": list(kinds), "first": first, "end": end}
    return [dict(row) for row in connection.execute(text(query("upward", "loaded")), told).mappings()]


def imports(connection: Connection, division: str) -> list[dict[str, Any]]:
    """The exports of a lower hub that were imported here, the newest first."""
    found = select(UPWARD_IMPORT).where(UPWARD_IMPORT.c.division == int(division))
    return [dict(row) for row in connection.execute(found.order_by(UPWARD_IMPORT.c.imported_at.desc())).mappings()]


def imported(connection: Connection, row: dict[str, Any]) -> None:
    """Note an import; ``row`` by the table's columns without ``imported_at``. Raises AnotherWriter when it was."""
    connection.execute(insert(UPWARD_IMPORT).values(row))
