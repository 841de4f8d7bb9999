"""Who may publish for which division, and what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Row, func, select, text, update
from sqlalchemy.dialects.postgresql import insert

from huiliu.division import DivisionCode
from schemas.topics import intake_topic
from sinks.tables.publisher import PUBLISHER


@dataclass(frozen=True, slots=True, kw_only=True)
class Publisher:
    """A system entitled to publish for one division and some kinds.

    ``channel``: kafka, http, hj212 or file. ``cadence``: how often each kind is expected, by kind.
    """

    division: DivisionCode
    kinds: tuple[str, ...]
    channel: str = "kafka"
    contact: str | None = None
    cadence: Mapping[str, str] = field(default_factory=dict)
    suspended: bool = False

    @property
    def topics(self) -> tuple[str, ...]:
        """Where it publishes."""
        return tuple(intake_topic(self.division, kind) for kind in self.kinds)


def add(connection: Connection, publisher: Publisher) -> None:
    """Register a publisher. One that is there gains the kinds it lacks; the rest is brought up to what is said here."""
    kinds = sorted({*publisher.kinds, *_kinds(connection, publisher.division)})
    row = {
        "division": int(publisher.division),
        "kinds": kinds,
        "channel": publisher.channel,
        "contact": publisher.contact,
        "cadence": dict(publisher.cadence),
        "suspended": publisher.suspended,
    }
    changed = {name: value for name, value in row.items() if name != "division"}
    statement = insert(PUBLISHER).values(row)
    connection.execute(
        statement.on_conflict_do_update(index_elements=["division"], set_={**changed, "changed_at": func.now()})
    )


def _kinds(connection: Connection, division: str) -> list[str]:
    """The kinds a division publishes already; its row stays locked until the batch ends."""
    connection.execute(text("lock table publisher in share row exclusive mode"))
    found = connection.execute(
        select(PUBLISHER.c.kinds).where(PUBLISHER.c.division == int(division))
    ).scalar_one_or_none()
    return list(found or ())


def listed(connection: Connection) -> list[Publisher]:
    """All publishers by division."""
    return [_publisher(row) for row in connection.execute(select(PUBLISHER).order_by(PUBLISHER.c.division))]


def find(connection: Connection, division: DivisionCode) -> Publisher | None:
    """The publisher of a division; None where there is none."""
    row = connection.execute(select(PUBLISHER).where(PUBLISHER.c.division == int(division))).first()
    return None if row is None else _publisher(row)


def suspend(connection: Connection, division: DivisionCode, suspended: bool) -> None:
    """Say that a publisher is suspended, or that it is not any more."""
    changed = {"suspended": suspended, "changed_at": func.now()}
    connection.execute(update(PUBLISHER).where(PUBLISHER.c.division == int(division)).values(changed))


def _publisher(row: Row[Any]) -> Publisher:
    return Publisher(
        division=DivisionCode(f"{row.division:06d}"),
        kinds=tuple(row.kinds),
        channel=row.channel,
        contact=row.contact,
        cadence=row.cadence,
        suspended=row.suspended,
    )


def topics(connection: Connection) -> list[str]:
    """The intake topics of all publishers, suspended ones too: what they sent before must still be loaded."""
    return sorted(topic for publisher in listed(connection) for topic in publisher.topics)
