"""What became of records that somebody sent: for each offset of a range its outcome, its receipt and its findings.

A range may not be loaded yet: what is asked again and again while one waits is only how far the ledger is
(``sinks.ledger.next_offsets``).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, text

from huiliu.outcome import Outcome
from schemas.receipt import identity
from sinks import ledger
from sinks.queries import query


@dataclass(frozen=True, slots=True)
class Receipts:
    """Ledger entries over a range of one partition, in order; offsets that no entry covers are not loaded."""

    entries: tuple[tuple[int, int, bytes, str], ...]  #: first offset, next offset, a byte per offset, receipt
    findings: Mapping[int, list[dict[str, Any]]] = field(default_factory=dict)  #: by offset, errors first

    def at(self, offset: int) -> tuple[Outcome, str] | None:
        """Outcome and receipt of an offset; None where it is not loaded."""
        at = bisect_right(self.entries, offset, key=itemgetter(0)) - 1
        if at < 0:
            return None
        first, following, outcomes, receipt = self.entries[at]
        return (Outcome(outcomes[offset - first]), receipt) if offset < following else None


def receipts(connection: Connection, topic: str, partition: int, first: int, last: int) -> Receipts:
    """What became of the offsets ``first`` to ``last``, both included."""
    entries = tuple(
        (*told, identity(topic, partition, told.first_offset))
        for told in ledger.over(connection, topic, partition, first, last)
    )
    place = {"topic": topic, "partition": partition, "first": first, "next": last + 1}
    found: dict[int, list[dict[str, Any]]] = {}
    for row in connection.execute(text(query("followed", "findings")), place).mappings():
        found.setdefault(row["offset"], []).append(dict(row))
    return Receipts(entries, found)
