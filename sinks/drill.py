"""From a figure of readings down to single ones: a city's counties, a county's outlets, an outlet's readings.

A division stands for all that lie in it. Days are those of Shanghai, both within. Every list comes page by page in the
order of an index, so a page costs what it shows, not what there is; sums over places cost what they add up, for one
factor and period kind a few ten thousand readings in a city's month.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any, Final, Literal

import polars as pl
from sqlalchemy import Connection

from huiliu.period import DAY_MS, day_start_ms
from sinks import groups
from sinks.encoding import fact_table
from sinks.fetch import fetch
from sinks.groups import span
from sinks.planner import in_bulk
from sinks.queries import query
from sinks.rollups import rollup
from sinks.tables.reading import KEY

#: What a place's readings are added up to, named as in the rollup.
MEASURES: Final = (*rollup("reading").sums, "maximum")

_LISTED: Final = ", ".join(f'reading."{name}"' for name in fact_table("reading").columns)


def _between(first: date, last: date) -> dict[str, datetime]:
    start, end = day_start_ms(first), day_start_ms(last) + DAY_MS
    return {"since": datetime.fromtimestamp(start / 1000, UTC), "until": datetime.fromtimestamp(end / 1000, UTC)}


def places(
    connection: Connection,
    division: str,
    by: Literal["division", "outlet"],
    pollutant: str,
    period: str,
    first: date,
    last: date,
) -> pl.DataFrame:
    """The readings of one factor and period kind in a division, added up by county or by outlet, in their order.

    Columns: ``division``, with ``by="outlet"`` also ``mn``, ``outlet`` and ``enterprise``, and ``MEASURES``: sums are
    whole numbers (Decimal), as in the rollup, so that those of a city's counties add up to the city's figure.
    """
    # As a list and not as a join: so the readings are found by one pass over the key's index, and read in their order.
    outlets = fetch(connection, query("drill", "outlets"), span(division))["outlet"].to_list()
    values = {**span(division), "outlets": outlets, **_chosen(pollutant, period), **_between(first, last)}
    with in_bulk(connection):
        found = fetch(connection, query("drill", f"by_{by}"), values)
    return groups.named("registration", found)


def _chosen(pollutant: str, period: str) -> dict[str, int]:
    given = {"pollutant": pollutant, "period": period}
    return {name: groups.stored("reading", name, value) for name, value in given.items()}


def readings(
    connection: Connection,
    mn: str,
    pollutant: str,
    period: str,
    first: date,
    last: date,
    *,
    known_at: datetime | None = None,
    after: datetime | None = None,
    limit: int = 1000,
) -> pl.DataFrame:
    """An outlet's readings of one factor and period kind in the order of time, with limits, flags and coordinates.

    ``known_at``: as the warehouse held them at that moment. ``after``: the start of the last one seen.
    """
    source = "reading" if known_at is None else "reading_as_known(%(known_at)s)"
    statement = query("drill", "outlet_readings").replace("{columns}", _LISTED).replace("{source}", source)
    values = {"mn": mn, **_chosen(pollutant, period), **_between(first, last), "known_at": known_at, "limit": limit}
    return fetch(connection, statement, {**values, "after": after})


def exceedances(
    connection: Connection,
    division: str,
    first: date,
    last: date,
    *,
    pollutant: str | None = None,
    after: Sequence[Any] | None = None,
    limit: int = 100,
) -> pl.DataFrame:
    """Readings over their limit in a division, the newest first: the table's columns, ``mn`` and coordinates.

    ``after``: start, outlet, pollutant and period (warehouse columns) of the last one seen, for the next page.
    """
    conditions, values = "", {**span(division), **_between(first, last), "limit": limit}
    if pollutant is not None:
        conditions += " and reading.pollutant = %(pollutant)s"
        values["pollutant"] = groups.stored("reading", "pollutant", pollutant)
    if after is not None:
        order = ("start", "outlet", "pollutant", "period")
        seen = dict(zip((f"after_{name}" for name in order), after, strict=True))
        marks = ", ".join(f"%({name})s" for name in seen)
        conditions += f" and (reading.start, reading.outlet, reading.pollutant, reading.period) < ({marks})"
        values |= seen
    statement = query("drill", "exceedances").replace("{columns}", _LISTED).replace("{conditions}", conditions)
    return fetch(connection, statement, values)


def exceedance_counts(connection: Connection, division: str, first: date, last: date) -> pl.DataFrame:
    """How many readings were over their limit: by county and factor, most first."""
    values = {**span(division), **_between(first, last)}
    return groups.named("reading", fetch(connection, query("drill", "exceedance_counts"), values))


def revisions(connection: Connection, kind: str, key: Mapping[str, Any]) -> pl.DataFrame:
    """All that was ever known of one object, by its natural key (warehouse columns): newest first.

    The table's columns with ``known_to`` and ``cause`` (null: still known), topic and partition.
    """
    table = fact_table(kind)
    columns = ", ".join(f'"{column}"' for column in table.columns)
    same = " and ".join(f'"{column}" = %({column})s' for column in table.key)
    statement = (
        query("drill", "revisions").replace("{columns}", columns).replace("{kind}", kind).replace("{same}", same)
    )
    return fetch(connection, statement, {column: key[column] for column in table.key})


def after(page: pl.DataFrame) -> tuple[Any, ...]:
    """Where the next page of exceedances begins."""
    return page.select("start", *(name for name in KEY if name != "start")).row(-1)
