"""Temporary tables of a batch, and joining them with large tables the way that is right for them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from sqlalchemy import Connection


def temporary(connection: Connection, name: str, like: str, columns: Sequence[str], more: str = "") -> None:
    """An empty temporary table with some columns of another; the table stays with the connection, its rows do not.

    ``more``: further columns as SQL, each begun by a comma.
    """
    chosen = ", ".join(f'"{column}"' for column in columns)
    shape = f"select {chosen}{more} from {like} with no data"
    create = f"create temp table if not exists {name} on commit delete rows as {shape}"
    # Empty at the start of a batch; to truncate it then too would leave a dead row in the catalogue each time.
    empty = f"do $$ begin if exists (select from {name}) then truncate {name}; end if; end $$"
    connection.exec_driver_sql(f"{create}; {empty}")


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
