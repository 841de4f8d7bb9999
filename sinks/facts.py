"""Facts: finding the current rows of a batch's keys, and writing what the batch makes of them.

``probe`` copies the keys into a temporary table and looks each up by the primary key's index, locking what it finds in
key order; 99 of 100 keys are new and find nothing. ``write`` then copies the new rows straight in, in key order: a
unique violation there means another writer, and the batch rolls back (``AnotherWriter``).
"""

from __future__ import annotations

from typing import Final

import polars as pl
from sqlalchemy import Connection, text

from sinks import partitions, register, relimit
from sinks.copy import copy
from sinks.encoding import FactTable, decode, encode, fact_table, reading_keys
from sinks.errors import AnotherWriter
from sinks.fetch import fetch
from sinks.planner import by_index, temporary
from sinks.register import Register

#: Under this name a connection's ``info`` has the transaction that asked for its time last, and that time.
_TIME: Final = "time"

__all__ = ["FactTable", "decode", "encode", "fact_table", "probe", "write"]


def probe(connection: Connection, kind: str, keys: pl.DataFrame, register: Register | None = None) -> pl.DataFrame:
    """The current rows of these natural keys, as an event frame with provenance; locked until the batch ends.

    ``keys``: the contract's key fields in event types; further columns are ignored, repeated keys do no harm. Returns
    the contract's fields, ``revision``, ``content``, ``flagged``, ``intake``, ``offset``, ``received_at``,
    ``known_from`` (UTC ms), for readings also ``outlet``, ``limit__value``, ``valid``, ``exceeded``; only rows that
    exist, in key order. Readings need the ``register``; it is loaded when not given.
    """
    table = fact_table(kind)
    if kind == "reading" and register is None:
        register = _register(connection)
    wanted = _stored_keys(table, keys, register)
    name = f"probe_{kind}"
    temporary(connection, name, kind, table.key)
    copy(connection, name, wanted)
    found = fetch(connection, _probe_statement(table, name))
    return decode(kind, found, register)


def _register(connection: Connection) -> Register:
    return register.load(connection, None)


def _stored_keys(table: FactTable, keys: pl.DataFrame, known: Register | None) -> pl.DataFrame:
    """The keys in the warehouse's types, sorted; keys with an unregistered outlet have no row and are left out."""
    wanted = keys.select(table.event_key)
    if table.kind == "reading":
        assert known is not None  # noqa: S101 (probe has loaded it)
        wanted = reading_keys(wanted, known).select(table.key).drop_nulls()
    elif "division" in table.key:
        wanted = wanted.with_columns(pl.col("division").cast(pl.Int32))
    return wanted.select(table.key).unique().sort(table.key)


def _probe_statement(table: FactTable, name: str) -> str:
    """One index lookup per key, whatever the planner thinks of the tables' sizes: LATERAL with LIMIT leaves no choice.

    Rows are locked as the keys come, which is in key order, so two batches with the same keys do not lock crosswise.
    """
    same = " and ".join(f'fact."{column}" = wanted."{column}"' for column in table.key)
    columns = ", ".join(f'found."{column}"' for column in table.columns)
    one = f"select * from {table.kind} fact where {same} limit 1 for update"
    return f"select {columns} from {name} wanted cross join lateral ({one}) found"


def write(
    connection: Connection,
    kind: str,
    fresh: pl.DataFrame,
    superseding: pl.DataFrame,
    superseded: pl.DataFrame,
    passing: pl.DataFrame,
) -> None:
    """Write what a batch has decided, all in warehouse columns (``encode``), each key at most once in the first three.

    ``fresh``: keys not in the table. ``superseding``: replace the current rows of their keys, which go to history.
    ``superseded``: those rows, as probed. ``passing``: superseded within the same batch, straight to history.
    Registrations also change outlets and limits, and readings already loaded are judged by the new limits.
    Raises AnotherWriter when a row to be replaced is gone; psycopg's UniqueViolation when a fresh key exists.
    """
    table = fact_table(kind)
    if kind == "reading":
        partitions.ensure(connection, fresh["start"])  # what supersedes is where the superseded is
    if not fresh.is_empty():
        copy(connection, kind, _in_order(table, fresh, connection))
    _supersede(connection, table, superseding, superseded.height)
    if not passing.is_empty():
        copy(connection, f"{kind}_history", _passed(_in_order(table, passing, connection)))
    if kind == "registration":
        relimit.follow(connection, pl.concat([fresh, superseding]))


def _in_order(table: FactTable, rows: pl.DataFrame, connection: Connection) -> pl.DataFrame:
    """Rows sorted by key, so that index pages are touched once, with the batch's time as ``known_from``."""
    return rows.sort(table.key).with_columns(known_from=pl.lit(batch_time(connection)).cast(pl.Datetime("us", "UTC")))


def batch_time(connection: Connection) -> object:
    """The time of the batch: when its transaction began, by the database's clock; the same for all its rows."""
    transaction, known = connection.get_transaction(), connection.info.get(_TIME)
    if known is None or known[0] is not transaction:
        known = transaction, connection.execute(text("select now()")).scalar_one()
        connection.info[_TIME] = known
    return known[1]


def _passed(rows: pl.DataFrame) -> pl.DataFrame:
    """Never known to anybody outside the batch: their time of being known is empty."""
    return rows.with_columns(known_to=pl.col("known_from"), cause=pl.lit("passing"))


def _supersede(connection: Connection, table: FactTable, superseding: pl.DataFrame, expected: int) -> None:
    """Move the current rows of these keys to history and put these in their place."""
    if superseding.is_empty():
        return
    name = f"superseding_{table.kind}"
    temporary(connection, name, table.kind, table.columns)
    copy(connection, name, _in_order(table, superseding, connection), like=table.kind)
    with by_index(connection):
        moved = connection.exec_driver_sql(_retire(table, name)).rowcount
        replaced = connection.exec_driver_sql(_replace(table, name)).rowcount
    if not moved == replaced == superseding.height == expected:
        raise AnotherWriter(f"{table.kind}: {superseding.height} rows supersede {expected}, {moved} were there")


def _retire(table: FactTable, name: str) -> str:
    columns = ", ".join(f'"{column}"' for column in table.columns)
    former = ", ".join(f'former."{column}"' for column in table.columns)
    same = " and ".join(f'former."{column}" = later."{column}"' for column in table.key)
    # A batch may have begun before the one that it supersedes: time as known must not run backwards.
    return (
        f"insert into {table.kind}_history ({columns}, known_to, cause)"
        f" select {former}, greatest(former.known_from, later.known_from), 'superseded'"
        f" from {name} later join {table.kind} former on {same}"
    )


def _replace(table: FactTable, name: str) -> str:
    changed = [column for column in table.columns if column not in (*table.key, "known_from")]
    values = ", ".join(f'"{column}" = later."{column}"' for column in changed)
    same = " and ".join(f'former."{column}" = later."{column}"' for column in table.key)
    known = "known_from = greatest(former.known_from, later.known_from)"
    return f"update {table.kind} former set {values}, {known} from {name} later where {same}"
