"""Reading receipts: the ledger's entries of a division, partition by partition, never one left out.

A place in the list is one offset for each partition, not a time: entries of several partitions are committed out of
order, and whoever goes on from a time would miss what was committed late.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, text

from huiliu.division import DivisionCode
from sinks.queries import query


def page(
    connection: Connection,
    division: DivisionCode,
    *,
    kind: str | None = None,
    after: Mapping[int, int] | None = None,
    limit: int = 100,
) -> list[dict[str, Any]]:
    """Entries by the columns of the ledger with topic, partition and previous_hash, oldest first.

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
    return [dict(row) for row in connection.execute(text(query("receipts", "page")), chosen).mappings()]


def newest(connection: Connection, division: DivisionCode, limit: int) -> list[dict[str, Any]]:
    """The newest entries of a division by the columns of the ledger with topic and partition, newest first."""
    chosen = {"division": int(division), "limit": limit}
    return [dict(row) for row in connection.execute(text(query("receipts", "newest")), chosen).mappings()]
