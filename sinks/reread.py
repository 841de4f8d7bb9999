"""What the warehouse says of records that somebody reads again from Kafka: ledger entries in order, and findings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from sqlalchemy import Connection, select, text

from sinks.ledger import Head
from sinks.queries import query
from sinks.tables.ledger import INTAKE

#: Ledger entries fetched at once: each carries a byte per offset, deflated.
_ROWS: Final = 200


def heads(connection: Connection) -> list[Head]:
    """How far each partition is loaded, by topic and partition."""
    columns = (INTAKE.c.id, INTAKE.c.topic, INTAKE.c.partition, INTAKE.c.next_offset, INTAKE.c.hash)
    rows = connection.execute(select(*columns).order_by(INTAKE.c.id))
    return [Head(row.id, row.topic, row.partition, row.next_offset, bytes(row.hash)) for row in rows]


def entries(connection: Connection) -> Iterator[tuple[Mapping[str, Any], bytes]]:
    """Ledger rows with topic and partition, partition by partition in order, each with the hash of the one before."""
    statement = text(query("proof", "entries")).execution_options(yield_per=_ROWS)
    intake, previous = None, b""
    for row in connection.execute(statement).mappings():
        if row["intake"] != intake:
            intake, previous = row["intake"], b""
        yield dict(row), previous
        previous = bytes(row["hash"])


def findings(connection: Connection, intake: int, offset: int) -> list[dict[str, Any]]:
    """What was found of one record, loaded or rejected, errors first."""
    place = {"intake": intake, "first": offset, "next": offset + 1}
    return [dict(row) for row in connection.execute(text(query("quarantine", "findings")), place).mappings()]
