"""The warehouse of the hub that a command asks: opened for one transaction, closed after it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from commands.errors import CommandError
from deploy.endpoints import Endpoints
from huiliu.language import text
from sinks.errors import WarehouseError, sqlstate
from sinks.warehouse import Connection, Warehouse

_NO_TABLE = "42P01"


@contextmanager
def reading(endpoints: Endpoints) -> Iterator[Connection]:
    """One read-only transaction that sees one state throughout. Raises WarehouseError."""
    with _opened(endpoints) as warehouse, warehouse.read() as connection:
        yield connection


@contextmanager
def writing(endpoints: Endpoints) -> Iterator[Connection]:
    """One transaction that commits when the block ends well. Raises WarehouseError."""
    with _opened(endpoints) as warehouse, warehouse.batch() as connection:
        yield connection


@contextmanager
def _opened(endpoints: Endpoints) -> Iterator[Warehouse]:
    warehouse = Warehouse(endpoints.database)
    try:
        yield warehouse
    except WarehouseError as fault:
        if fault.__cause__ is not None and sqlstate(fault.__cause__) == _NO_TABLE:
            raise CommandError(
                text(
                    "数据库中还没有汇流的表。请先执行一次 huiliu up，它会建立。",
                    "The database has no tables of the hub yet. Run huiliu up once: it makes them.",
                )
            ) from fault
        raise
    finally:
        warehouse.close()
