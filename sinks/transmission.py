"""What the assessment of transmission reads: who is registered for what, which hours arrived, what was declared.

Millions of hours of a month are counted in the database: by outlet, factor and day the hours whose reading needs no
second look come back as one number (bit 0 is the hour from midnight in Shanghai), and only late, marked, flagged and
empty ones come back as rows, with all their versions.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

import polars as pl
from sqlalchemy import Connection

from huiliu.period import SHANGHAI
from sinks.encoding import fact_table
from sinks.fetch import fetch
from sinks.json_columns import from_json
from sinks.queries import query
from sinks.reference import pollutant_ids


@dataclass(frozen=True, slots=True)
class Span:
    """Whole Shanghai days, both included, and the outlets asked for (all where None)."""

    first: date
    last: date
    outlets: tuple[int, ...] | None = None

    @property
    def bounds(self) -> dict[str, Any]:
        """The parameters of a statement."""
        return {
            "first": datetime.combine(self.first, time(), SHANGHAI),
            "after": datetime.combine(self.last + timedelta(days=1), time(), SHANGHAI),
            "outlets": None if self.outlets is None else list(self.outlets),
        }


def outlets(connection: Connection, as_of: datetime) -> pl.DataFrame:
    """Outlets as registered by a moment.

    ``outlet``, ``mn``, ``division`` (Int32), ``outlet_name``, ``enterprise``, ``enterprise_name``, ``registered_at``,
    ``limits`` (a list of records as in the contract).
    """
    found = fetch(connection, query("transmission", "outlets"), {"as_of": as_of})
    return found.with_columns(from_json(found["limits"], fact_table("registration").nested["limits"]))


def limits(registered: pl.DataFrame) -> pl.DataFrame:
    """One row for each limit: ``outlet``, ``pollutant``, ``valid_from``, ``valid_to``, ``registered_at``."""
    told = registered.select("outlet", "registered_at", "limits").explode("limits", empty_as_null=False)
    limit = pl.col("limits").struct
    rows = told.drop_nulls("limits").select(
        "outlet",
        limit.field("pollutant").replace_strict(pollutant_ids(), default=None, return_dtype=pl.Int16),
        limit.field("valid_from").cast(pl.Date),
        limit.field("valid_to").cast(pl.Date),
        "registered_at",
    )
    return rows.drop_nulls("pollutant")


def plain(
    connection: Connection, span: Span, pollutants: Sequence[int], flags: Sequence[str], grace: timedelta
) -> pl.DataFrame:
    """By outlet, factor and day the set of hours received in time under a valid flag, without mark, with a value.

    ``grace``: how long after the beginning of its day a reading is in time.
    """
    # A group for each outlet, factor and day fits in memory: sorting a month's millions of rows takes twice as long.
    connection.exec_driver_sql("set local work_mem = '128MB'")
    found = fetch(connection, query("transmission", "plain"), _asked(span, pollutants, flags, grace))
    return found.with_columns(pl.col("plain").cast(pl.UInt32))


def versions(
    connection: Connection, span: Span, pollutants: Sequence[int], flags: Sequence[str], grace: timedelta
) -> pl.DataFrame:
    """All versions of the other hours: ``outlet``, ``pollutant``, ``day``, ``hour``, ``revision``, ``received_at``,
    ``flag``, ``mark``, ``measured``.
    """
    found = fetch(connection, query("transmission", "versions"), _asked(span, pollutants, flags, grace))
    return found.with_columns(pl.col("hour").cast(pl.Int8))


def declarations(connection: Connection, span: Span) -> pl.DataFrame:
    """What is declared for any part of the span: number, outlet, factor (null: all), mark, ends, times of its steps."""
    return fetch(connection, query("transmission", "declarations"), span.bounds)


def _asked(span: Span, pollutants: Sequence[int], flags: Sequence[str], grace: timedelta) -> dict[str, Any]:
    return {**span.bounds, "pollutants": list(pollutants), "flags": list(flags), "grace": grace}
