"""Corrections: a record that cites a rejected one closes it when it is loaded, or joins it when it is rejected itself.

A *matter* is a rejected record with all attempts at it: an attempt that is rejected is linked to the first record of
the chain (``corrects_intake``, ``corrects_offset``), so that whichever of them is cited, the whole matter is closed.
Only a record of the same publisher counts: the division of the topic that it came by, which Kafka's access rules guard.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, NamedTuple

import polars as pl
from sqlalchemy import Connection, text

from sinks.copy import copy
from sinks.fetch import fetch
from sinks.groups import span
from sinks.queries import query

CITATIONS: Final = pl.Schema(
    {
        "intake": pl.Int32,
        "offset": pl.Int64,
        "publisher": pl.Int32,
        "loaded": pl.Boolean,
        "topic": pl.String,
        "partition": pl.Int32,
        "cited": pl.Int64,
    }
)

_TABLE: Final = """
create temp table if not exists citation (
    intake int, "offset" bigint, publisher int, loaded boolean, topic text, partition int, cited bigint
) on commit delete rows
"""


class Followed(NamedTuple):
    """``astray``: (intake, offset) of records that cite nothing of their publisher's. ``closed``: kind of each matter
    that is closed, and the seconds that it was open.
    """

    astray: pl.DataFrame
    closed: list[tuple[str, float]]


def follow(connection: Connection, citations: pl.DataFrame) -> Followed:
    """Link and close what these records cite.

    ``citations``: columns of ``CITATIONS``; ``loaded`` is true unless the citing record was rejected itself. The
    rejected records of the batch must have been written.
    """
    connection.exec_driver_sql(_TABLE)
    copy(connection, "citation", citations.select(CITATIONS.names()))
    connection.exec_driver_sql("analyze citation")
    # An attempt may cite an attempt of the same batch: until nothing moves any more. Chains have an end, because what
    # is cited has been written before.
    while connection.exec_driver_sql(query("corrections", "link")).rowcount:
        pass
    closed = connection.exec_driver_sql(query("corrections", "close")).all()
    astray = fetch(connection, query("corrections", "astray"))
    return Followed(astray, [(row.kind, row.seconds) for row in closed if row.matter])


def times(
    connection: Connection, division: str | None = None, since: datetime | None = None
) -> list[Mapping[str, Any]]:
    """By publisher and kind: matters corrected, open, waiting, requeued; median and p90 of the seconds it took.

    ``division``: of all publishers in it; ``since``: only what was rejected from then on.
    """
    place = span(division) if division else {"low": None, "high": None}
    rows = connection.execute(text(query("corrections", "times")), {**place, "since": since})
    return [dict(row) for row in rows.mappings()]


def history(connection: Connection, entry: Mapping[str, Any]) -> dict[str, Any]:
    """What belongs to a rejected record (columns of ``quarantine``).

    ``corrects`` and ``closed_by`` are coordinates (topic, partition, offset) or None; ``attempts`` the rejected records
    that were to correct it; ``seconds`` from rejection to correction, None while it is not corrected.
    """
    place = {"intake": entry["intake"], "offset": entry["offset"]}
    attempts = connection.execute(text(query("corrections", "attempts")), place).mappings()
    taken = entry["status_at"] - entry["recorded_at"]
    return {
        "corrects": _place(connection, entry["corrects_intake"], entry["corrects_offset"]),
        "closed_by": _place(connection, entry["closed_intake"], entry["closed_offset"]),
        "attempts": [dict(row) for row in attempts],
        "seconds": taken.total_seconds() if entry["status"] == "corrected" else None,
    }


def _place(connection: Connection, intake: int | None, offset: int | None) -> tuple[str, int, int] | None:
    if intake is None or offset is None:
        return None
    row = connection.execute(text(query("corrections", "place")), {"intake": intake}).one()
    return row.topic, row.partition, offset
