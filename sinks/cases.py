"""Cases of oversight in the warehouse: events appended with the state that they make, answers, directives.

What a case is, :mod:`oversight.cases` says; here are rows. One writer at a time changes cases: ``lock`` comes first
in every transaction that does.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import Connection, insert, text
from sqlalchemy.dialects.postgresql import insert as upsert

from sinks.queries import query
from sinks.tables.case import CASE_ANSWER, CASE_EVENT, DIRECTIVE, JUDGEMENT, OVERSIGHT_CASE

Row = dict[str, Any]

#: The advisory lock of whoever changes cases.
_LOCK: Final = 0x6361736573


def lock(connection: Connection) -> None:
    """Wait until nobody else changes cases; held until the transaction ends."""
    connection.execute(text("select pg_advisory_xact_lock(:key)"), {"key": _LOCK})


def current(connection: Connection, since: datetime) -> list[Row]:
    """Events, by case and in order: of all open cases, and of the newest case of each cause where it still matters.

    That is where it was closed since ``since``, or by an official.
    """
    return _rows(connection, "current", since=since)


def events(connection: Connection, numbers: Sequence[str]) -> list[Row]:
    """The events of these cases, by case and in order."""
    return _rows(connection, "events", numbers=list(numbers))


def serials(connection: Connection) -> dict[tuple[str, int], int]:
    """The last serial given, by division (six digits) and year."""
    return {(row["division"], row["year"]): row["serial"] for row in _rows(connection, "serials")}


def append(connection: Connection, states: Sequence[Row], happened: Sequence[Row]) -> None:
    """Events (columns of ``case_event``) and the states that they make (of ``oversight_case``).

    Raises AnotherWriter where an event of that number and sequence is there already, or another open case of a cause.
    """
    if states:
        put = upsert(OVERSIGHT_CASE)
        changed = {name: put.excluded[name] for name in OVERSIGHT_CASE.c.keys() if name != "number"}  # noqa: SIM118
        connection.execute(put.on_conflict_do_update(index_elements=["number"], set_=changed), states)
    if happened:
        connection.execute(insert(CASE_EVENT), happened)


def answered(connection: Connection, row: Row) -> bool:
    """Record what became of an answer; False where its record was taken before."""
    put = upsert(CASE_ANSWER).values(row).on_conflict_do_nothing().returning(CASE_ANSWER.c.offset)
    return connection.execute(put).first() is not None


def answer_known(connection: Connection, topic: str, partition: int, offset: int) -> bool:
    """Whether the record at this place was taken before."""
    place = (CASE_ANSWER.c.topic == topic) & (CASE_ANSWER.c.partition == partition) & (CASE_ANSWER.c.offset == offset)
    return connection.execute(CASE_ANSWER.select().where(place)).first() is not None


def answers(connection: Connection, number: str) -> list[Row]:
    """The answers that came for a case."""
    return _rows(connection, "answers", number=number)


def tell(connection: Connection, rows: Iterable[Row]) -> None:
    """Put directives into the outbox: identity, number, division, body. One of a known identity is told once."""
    told = list(rows)
    if told:
        connection.execute(upsert(DIRECTIVE).on_conflict_do_nothing(index_elements=["identity"]), told)


def untold(connection: Connection, limit: int, without: Sequence[int] = ()) -> list[Row]:
    """Directives that the broker does not have, locked; none for the divisions ``without``."""
    return _rows(connection, "untold", limit=limit, without=list(without))


def told(connection: Connection, ids: Sequence[int]) -> None:
    """The broker has these."""
    if ids:
        connection.execute(text(query("cases", "told")), {"ids": list(ids)})


def directives(connection: Connection, number: str) -> list[Row]:
    """What divisions were told of a case."""
    return _rows(connection, "directives", number=number)


def judged(connection: Connection, row: Row) -> None:
    """Record a judgement."""
    connection.execute(insert(JUDGEMENT), [row])


def listed(
    connection: Connection,
    *,
    division: str | None = None,
    state: str | None = None,
    closed: bool = False,
    overdue: date | None = None,
    limit: int = 1000,
) -> list[Row]:
    """Cases as they stand, what is due first. ``overdue``: only those whose date lies before this day."""
    wanted = {"division": int(division) if division else None, "state": state, "overdue": overdue}
    return _rows(connection, "listed", closed=closed or state == "CLOSED", limit=limit, **wanted)


def closures(connection: Connection, since: datetime, seed: str, limit: int) -> tuple[list[Row], Mapping[str, int]]:
    """A sample of what was closed without new data since a moment, and how many cases were closed on what."""
    sample = _rows(connection, "closures", since=since, seed=seed, limit=limit)
    return sample, {row["basis"]: row["cases"] for row in _rows(connection, "closed", since=since)}


def _rows(connection: Connection, name: str, **parameters: Any) -> list[Row]:
    return [dict(row) for row in connection.execute(text(query("cases", name)), parameters).mappings()]
