"""Looking after the rollups: writing them anew from the facts, and folding what several workers left apart.

Folding takes a few thousand groups at a time and gives way when it cannot have its lock soon, so no worker waits for
long; a worker may do it once in a while, or ``huiliu rollup fold``.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from sinks import rollups
from sinks.errors import AnotherWriter
from sinks.warehouse import Warehouse

#: Groups that are folded at once, and how long to wait for batches that are under way, milliseconds.
GROUPS: Final = 5_000
PATIENCE_MS: Final = 2_000


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """A rollup that was written anew: how many groups were ``different`` before, and how many there are."""

    kind: str
    different: int
    groups: int
    seconds: float


def rebuild(warehouse: Warehouse, kind: str) -> Rebuilt:
    """Write the rollup of a kind anew from its facts. Batches of the kind wait meanwhile; readers do not."""
    began = time.monotonic()
    with warehouse.batch() as connection:
        different = rollups.differences(connection, kind).height
        rollups.rebuild(connection, kind)
        groups: int = connection.exec_driver_sql(f"select count(*) from {rollups.rollup(kind).table}").scalar_one()
    return Rebuilt(kind, different, groups, time.monotonic() - began)


def fold(warehouse: Warehouse, kind: str, told: Callable[[int], None] = lambda gone: None) -> int:
    """Fold the shards of a rollup, part by part, each in a transaction of its own; returns how many rows went.

    ``told`` hears the number so far. Stops early, leaving the rest for another time, when batches do not let it in.
    """
    gone = 0
    while part := _fold_some(warehouse, kind):
        gone += part
        told(gone)
    return gone


def _fold_some(warehouse: Warehouse, kind: str) -> int:
    try:
        with warehouse.batch() as connection:
            connection.exec_driver_sql(f"set local lock_timeout = {PATIENCE_MS}")
            return rollups.fold(connection, kind, GROUPS)
    except AnotherWriter:
        return 0
