"""The quarantine: rejected records, bytes verbatim, and the findings of everything that had any."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import polars as pl
from sqlalchemy import Connection, text

from sinks.copy import copy
from sinks.groups import span
from sinks.queries import query

_RECORD: Final = (
    "intake", "offset", "key", "value", "headers", "received_at", "layer", "kind", "publisher", "rule_set",
    "not_evaluated", "status", "awaits",
)  # fmt: skip
_FINDING: Final = (
    "intake", "offset", "seq", "code", "severity", "field", "value", "expected", "difference", "suggestion",
    "source_ref", "pattern",
)  # fmt: skip

#: Of a rejected record that nothing has settled yet.
UNSETTLED: Final = ("open", "waiting")


def write(connection: Connection, records: pl.DataFrame) -> None:
    """Keep rejected records.

    ``records``: intake Int32, offset Int64, key, value and headers Binary (headers as the relay packs them),
    received_at Int64 UTC ms, layer, kind, publisher (division code), rule_set String, not_evaluated String (a JSON
    list), status String (open, waiting), awaits String: the monitor whose registration one that waits is waiting for.
    """
    copy(connection, "quarantine", records.with_columns(pl.col("publisher").cast(pl.Int32)).select(_RECORD))


def write_findings(connection: Connection, findings: pl.DataFrame) -> None:
    """Keep findings, of rejected and of loaded records; several of one record stay in the order given.

    Besides the columns of a finding: intake Int32, offset Int64, ``source_ref``, the publisher's own reference, and
    ``pattern``, the form of the value (``validators.finding.pattern``).
    """
    numbered = findings.with_columns(seq=pl.int_range(pl.len(), dtype=pl.Int16).over("intake", "offset"))
    copy(connection, "finding", numbered.select(_FINDING))


def letters(connection: Connection, intake: int, first_offset: int, next_offset: int) -> list[dict[str, Any]]:
    """The rejected records of a range of offsets, each with ``findings``: a list of mappings, errors first."""
    place = {"intake": intake, "first": first_offset, "next": next_offset}
    found = [dict(row) for row in connection.execute(text(query("quarantine", "records")), place).mappings()]
    told: dict[int, list[Mapping[str, Any]]] = {}
    for row in connection.execute(text(query("quarantine", "findings")), place).mappings():
        told.setdefault(row["offset"], []).append(dict(row))
    return [{**row, "findings": told.get(row["offset"], [])} for row in found]


def entry(connection: Connection, topic: str, partition: int, offset: int) -> dict[str, Any] | None:
    """One rejected record with its findings; None when there is none at these coordinates."""
    place = {"topic": topic, "partition": partition}
    intake = connection.execute(text(query("quarantine", "intake")), place).scalar_one_or_none()
    found = [] if intake is None else letters(connection, intake, offset, offset + 1)
    return {**found[0], **place} if found else None


def entries(
    connection: Connection,
    *,
    publisher: str | None = None,
    division: str | None = None,
    kind: str | None = None,
    code: str | None = None,
    status: str | Sequence[str] | None = UNSETTLED,
    limit: int = 100,
    after: tuple[int, int] | None = None,
) -> list[dict[str, Any]]:
    """Rejected records by coordinates: topic, partition, offset, kind, layer, status, codes, recorded_at.

    ``division``: of all publishers that lie in it. ``after``: (intake, offset) of the last one seen, for the next page.
    A filter that is None is not applied.
    """
    place = span(division) if division else {"low": None, "high": None}
    intakes = connection.execute(text(query("quarantine", "intakes")), place).scalars().all()
    seen = {"intake": after[0], "offset": after[1]} if after else {"intake": -1, "offset": -1}
    chosen = {
        "intakes": list(intakes),
        "publisher": None if publisher is None else int(publisher),
        "kind": kind,
        "code": code,
        "statuses": [status] if isinstance(status, str) else status and list(status),
        "limit": limit,
        **seen,
    }
    statement = text(query("quarantine", "entries" if code is None else "entries_by_code"))
    return [dict(row) for row in connection.execute(statement, chosen).mappings()]


def by_code(connection: Connection, division: str | None = None) -> dict[str, int]:
    """How many findings that reject there are of each code, the commonest first; ``division`` as in ``entries``."""
    place = span(division) if division else {"low": None, "high": None}
    rows = connection.execute(text(query("quarantine", "by_code")), place).mappings()
    return {row["code"]: row["findings"] for row in rows}


def mark(connection: Connection, coordinates: Sequence[tuple[str, int, int]], status: str) -> int:
    """Set the status (requeued, corrected) of records by (topic, partition, offset); returns how many were open."""
    rows = [
        {"topic": topic, "partition": partition, "offset": offset, "status": status}
        for topic, partition, offset in coordinates
    ]
    statement = text(query("quarantine", "mark"))
    return sum(connection.execute(statement, row).rowcount for row in rows)
