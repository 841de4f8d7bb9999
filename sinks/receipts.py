"""Reading receipts: the ledger's entries of a division, partition by partition, never one left out.

A place in the list is one offset for each partition, not a time: entries of several partitions are committed out of
order, and whoever goes on from a time would miss what was committed late.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, text

from huiliu.division import DivisionCode
from sinks import ledger, receipt_keys
from sinks.queries import query


def page(
    connection: Connection,
    division: DivisionCode,
    *,
    kind: str | None = None,
    after: Mapping[int, int] | None = None,
    limit: int = 100,
) -> list[dict[str, Any]]:
    """Entries by the columns of the ledger with topic, partition, previous_hash and signature, oldest first.

    Only those whose receipt was told: what is in the topic of receipts is here, word for word, and nothing before it.
    ``after``: by intake, the next offset to go on from; a partition that is not named begins at its start.
    """
    seen = after or {}
    chosen = {
        "division": int(division),
        "kind": kind,
        "intakes": list(seen),
        "offsets": list(seen.values()),
        "limit": limit,
    }
    rows = connection.execute(text(query("receipts", "page")), chosen).mappings()
    return [{**row, "signature": receipt_keys.signature(dict(row))} for row in rows]


def at(connection: Connection, topic: str, partition: int, offset: int) -> dict[str, Any] | None:
    """The entry that holds an offset, as ``page`` gives it; None where nothing is loaded, or it was not told yet."""
    entry = ledger.entry_at(connection, topic, partition, offset)
    if entry is None:
        return None
    place = {"intake": entry["intake"], "first_offset": entry["first_offset"]}
    row = connection.execute(text(query("receipts", "signature")), place).mappings().one()
    return {**entry, "signature": receipt_keys.signature(dict(row))} if row["told"] else None


def newest(connection: Connection, division: DivisionCode, limit: int) -> list[dict[str, Any]]:
    """The newest entries of a division by the columns of the ledger with topic and partition, newest first."""
    chosen = {"division": int(division), "limit": limit}
    return [dict(row) for row in connection.execute(text(query("receipts", "newest")), chosen).mappings()]
