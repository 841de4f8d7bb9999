"""Which topic the offsets of the ledger belong to: a topic deleted and made again has its name, but another id."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection, select
from sqlalchemy.dialects.postgresql import insert

from sinks.tables.topic import TOPIC


def first_seen(connection: Connection, present: Mapping[str, str]) -> dict[str, str]:
    """The id with which each of these topics was first read, by name; one never read before is noted now."""
    if not present:
        return {}
    rows = [{"name": name, "kafka_id": present[name]} for name in sorted(present)]
    connection.execute(insert(TOPIC).values(rows).on_conflict_do_nothing())
    found = connection.execute(select(TOPIC.c.name, TOPIC.c.kafka_id).where(TOPIC.c.name.in_(list(present))))
    return {row.name: row.kafka_id for row in found}
