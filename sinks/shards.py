"""A worker's shard of the rollups: a small number that no other worker has while this one lives.

Held by an advisory lock of the session, so that PostgreSQL frees it whatever ends the worker.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from huiliu.language import text as wording
from sinks.errors import WarehouseError
from sinks.warehouse import Warehouse

#: Shard 0 belongs to registrations that judge loaded readings anew (sinks.relimit).
FIRST: Final = 1
LAST: Final = 255

#: First number of the advisory locks ("shard" as a number).
_LOCKS: Final = 0x73686172


@contextmanager
def held(warehouse: Warehouse) -> Iterator[int]:
    """The lowest shard that is free, for as long as the block runs."""
    with warehouse.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        take = text("select pg_try_advisory_lock(:locks, :shard)")
        for shard in range(FIRST, LAST + 1):
            if connection.execute(take, {"locks": _LOCKS, "shard": shard}).scalar_one():
                try:
                    yield shard
                finally:
                    _give_back(connection, shard)
                return
    raise WarehouseError(
        wording(f"已有 {LAST} 个处理进程在运行，请先停止一些", f"{LAST} workers run already, stop some of them first")
    )


def _give_back(connection: Connection, shard: int) -> None:
    """The session goes back to the pool and lives on: it would keep the shard. One that is dead has given it back."""
    try:
        connection.execute(text("select pg_advisory_unlock(:locks, :shard)"), {"locks": _LOCKS, "shard": shard})
    except DBAPIError:
        if not connection.invalidated:
            raise
