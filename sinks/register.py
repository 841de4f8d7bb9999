"""The register of outlets and limits, as readings need it: small numbers, divisions, limits in force.

A worker keeps the register it has loaded and asks only for its version. The lock below keeps a reading from being
judged by a limit that is just being changed:

    worker 1 loads the register, judges a reading by limit 50
    worker 2 registers limit 35, judges the loaded readings anew (worker 1's is not committed, so not seen), commits
    worker 1 commits the reading, judged by 50: wrong for ever

So a batch that reads the register holds it shared until its end, and a batch with registrations holds it alone.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import polars as pl
from sqlalchemy import Connection, text

from huiliu import division
from sinks.copy import copy
from sinks.fetch import fetch
from sinks.planner import temporary
from sinks.queries import query
from sinks.reference import pollutant_ids
from sinks.tables.dimension import OUTLET_LIMIT

#: Advisory lock on the register ("register" as a number).
LOCK: Final = 0x726567

OUTLETS: Final = pl.Schema(
    {
        "mn": pl.String,
        "outlet": pl.Int32,
        "division": pl.Int32,
        "city": pl.Int32,
        "medium": pl.String,
        "enterprise": pl.String,
    }
)
LIMITS: Final = pl.Schema(
    {"outlet": pl.Int32, "pollutant": pl.Int16, "valid_from": pl.Date, "valid_to": pl.Date, "value": pl.Float64}
)


@dataclass(frozen=True, slots=True)
class Register:
    """``outlets`` by monitor number, ``limits`` with the newest validity first, then the strictest."""

    version: int
    outlets: pl.DataFrame
    limits: pl.DataFrame


def load(connection: Connection, known: Register | None, *, exclusive: bool = False) -> Register:
    """The register as it stands; ``known`` itself when nothing has changed since it was loaded.

    Holds the register until the batch ends: shared, or ``exclusive`` for a batch that carries registrations (taking it
    shared first and alone later would make two such batches wait for each other).
    """
    lock = "pg_advisory_xact_lock" if exclusive else "pg_advisory_xact_lock_shared"
    connection.execute(text(f"select {lock}(:lock)"), {"lock": LOCK})
    version: int = connection.execute(text("select version from register")).scalar_one()
    if known is not None and known.version == version:
        return known
    return Register(
        version, fetch(connection, query("register", "outlets")), fetch(connection, query("register", "limits"))
    )


def change(connection: Connection, registrations: pl.DataFrame) -> pl.DataFrame:
    """Bring outlets and limits to what newly written registrations say.

    ``registrations``: columns ``mn``, ``division`` (Int32), ``medium``, ``enterprise``, ``limits`` (a list of records
    as in the contract), one row per monitor. Returns the (outlet, pollutant) pairs whose limits changed. A registration
    that says what is known already leaves the register at its version.
    """
    connection.execute(text("select pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
    outlets = with_city(registrations.select("mn", pl.col("division").cast(pl.Int32), "medium", "enterprise"))
    temporary(connection, "incoming_outlet", "outlet", outlets.columns)
    temporary(connection, "incoming_limit", "outlet_limit", [column.name for column in OUTLET_LIMIT.columns])
    copy(connection, "incoming_outlet", outlets.sort("mn"))
    merged = connection.execute(text(query("register", "merge_outlets"))).rowcount
    connection.execute(text(query("register", "merge_cities")))
    ids = fetch(connection, query("register", "incoming_ids"))
    copy(connection, "incoming_limit", _limits(registrations.join(ids, on="mn")))
    changed = fetch(connection, query("register", "changed_limits"))
    if not changed.is_empty():
        connection.execute(text(query("register", "drop_limits")))
        connection.execute(text(query("register", "write_limits")))
    if merged or not changed.is_empty():  # else every worker would load the same register anew
        connection.execute(text("update register set version = version + 1"))
    return changed


def city_codes(codes: Iterable[int]) -> dict[int, int]:
    """The city that each division reports through; an unknown code stands for itself."""
    return {code: _city(str(code)) for code in codes}


def _city(code: str) -> int:
    return int(division.city_of(code)) if division.known(code) else int(code)


def with_city(frame: pl.DataFrame) -> pl.DataFrame:
    """Add ``city`` to a frame with ``division`` (Int32)."""
    cities = city_codes(frame["division"].unique().to_list())
    return frame.with_columns(city=pl.col("division").replace_strict(cities, return_dtype=pl.Int32))


def _limits(registrations: pl.DataFrame) -> pl.DataFrame:
    """One row per limit, numbered within outlet and factor; limits of factors outside the code list are left out."""
    told = registrations.select("outlet", "limits").explode("limits", empty_as_null=False).drop_nulls("limits")
    limit = pl.col("limits").struct
    rows = told.select(
        "outlet",
        limit.field("pollutant").replace_strict(pollutant_ids(), default=None, return_dtype=pl.Int16),
        limit.field("value"),
        limit.field("valid_from").cast(pl.Date),
        limit.field("valid_to").cast(pl.Date),
    ).drop_nulls("pollutant")
    order = ["outlet", "pollutant", "valid_from", "value", "valid_to"]
    return rows.sort(order).with_columns(position=pl.int_range(pl.len(), dtype=pl.Int16).over("outlet", "pollutant"))
