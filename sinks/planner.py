"""Temporary tables of a batch, and joining them with large tables the way that is right for them.

A temporary table stays with the connection that made it, its rows do not outlive their transaction. What a connection
has is remembered with it, so that a batch asks for a table once in the connection's life and not at each use: a batch
of all kinds has some fifteen. A rollback takes away what its transaction made, so after one nothing is remembered.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Final

from sqlalchemy import Connection, Engine, event

#: Under these names a connection's ``info`` has the tables of earlier transactions, and those that this one has used.
_MADE: Final = "temporary tables made"
_USED: Final = "temporary tables used"


def temporary(connection: Connection, name: str, like: str, columns: Sequence[str], more: str = "") -> None:
    """An empty temporary table with some columns of another; the table stays with the connection, its rows do not.

    ``more``: further columns as SQL, each begun by a comma.
    """
    used: set[str] = connection.info.setdefault(_USED, set())
    if name in used:
        # Only here: each truncation leaves a dead row in the catalogue, and at its first use a table is empty.
        connection.exec_driver_sql(f"truncate {name}")
    elif name not in connection.info.get(_MADE, ()):
        chosen = ", ".join(f'"{column}"' for column in columns)
        shape = f"select {chosen}{more} from {like} with no data"
        connection.exec_driver_sql(f"create temp table if not exists {name} on commit delete rows as {shape}")
    used.add(name)


def remember_tables(engine: Engine) -> None:
    """Have the engine's connections remember the temporary tables that they have."""
    event.listen(engine, "commit", _kept)
    event.listen(engine, "rollback", _forgotten)


def _kept(connection: Connection) -> None:
    connection.info.setdefault(_MADE, set()).update(connection.info.pop(_USED, ()))


def _forgotten(connection: Connection) -> None:
    if connection.invalidated:
        return  # what is remembered went with the driver's connection
    connection.info.pop(_USED, None)
    connection.info.pop(_MADE, None)


@contextmanager
def by_index(connection: Connection) -> Iterator[None]:
    """Join a small temporary table with a large one by index lookups: it has no statistics to choose them by."""
    connection.exec_driver_sql("set local enable_hashjoin = off; set local enable_mergejoin = off")
    yield
    connection.exec_driver_sql("set local enable_hashjoin to default; set local enable_mergejoin to default")


@contextmanager
def in_bulk(connection: Connection) -> Iterator[None]:
    """Gather rows from all over a large table by bitmap, read in the table's order and ahead, not one after the other.

    Where they are in memory either way is quick; where they are on disk this takes half the time.
    """
    connection.exec_driver_sql("set local enable_indexscan = off")
    yield
    connection.exec_driver_sql("set local enable_indexscan to default")
