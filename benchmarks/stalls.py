"""How long partitions stand still while workers join, leave and die under a steady load.

When a partition moved is read from the ledger fifty times a second; which worker has it, and when the group exchanges
partitions, is asked of the broker.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import pairwise

import psycopg

from benchmarks.rig import BenchmarkError
from deploy.cluster import admin
from huiliu.kafka import Cluster

Partition = tuple[str, int]  #: topic, number

_EVERY = 0.02
_QUIET, _BEFORE, _AFTER = 5.0, 0.5, 3.0  # seconds watched: before anything happens, before and after the exchange
_PATIENCE = 120.0


@dataclass(frozen=True)
class Exchange:
    """Seconds; ``stayed`` and ``moved`` are numbers of partitions of readings."""

    event: str
    stayed: int
    moved: int
    stall: float
    stall_of_moved: float
    stall_before: float
    stall_while_starting: float


@dataclass
class Movements:
    """When each partition was seen to move; times are those of ``time.monotonic``."""

    moments: dict[Partition, list[float]] = field(default_factory=dict)

    def longest(self, partition: Partition, since: float, until: float) -> float:
        """Seconds of the longest standstill that touches the time between ``since`` and ``until``."""
        seen = self.moments.get(partition, [])
        before = [moment for moment in seen if moment <= since][-1:] or [since]
        after = [moment for moment in seen if moment >= until][:1] or [until]
        moments = [*before, *(moment for moment in seen if since < moment < until), *after]
        return max(later - earlier for earlier, later in pairwise(moments))


@contextmanager
def movements(database: str) -> Iterator[Movements]:
    """Look at the ledger until the block ends."""
    seen, stop = Movements(), threading.Event()

    def look() -> None:
        before: Mapping[Partition, int] = {}
        with psycopg.connect(database, autocommit=True) as connection:
            while not stop.wait(_EVERY):
                rows = connection.execute("select topic, partition, next_offset from intake", prepare=True).fetchall()
                now, moment = {(topic, number): offset for topic, number, offset in rows}, time.monotonic()
                for partition, offset in now.items():
                    if offset != before.get(partition):
                        seen.moments.setdefault(partition, []).append(moment)
                before = now

    thread = threading.Thread(target=look, name="movements")
    thread.start()
    try:
        yield seen
    finally:
        stop.set()
        thread.join()


def owners(kafka: Cluster, group: str) -> dict[Partition, str]:
    """The member of the group that has each partition of readings; empty while they are being exchanged."""
    with admin(kafka) as client:
        found = client.describe_groups([group])[group]
    if found["group_state"] != "Stable":
        return {}
    return {
        (topic["topic"], partition): member["member_id"]
        for member in found["members"]
        for topic in member["member_assignment"]["assigned_partitions"]
        for partition in topic["partitions"]
        if topic["topic"].endswith(".reading")
    }


def settled(kafka: Cluster, group: str, workers: int) -> dict[Partition, str]:
    """The owners, once so many workers have partitions. Raises BenchmarkError when that does not come about."""
    deadline = time.monotonic() + _PATIENCE
    while len(set((found := owners(kafka, group)).values())) != workers:
        if time.monotonic() > deadline:
            raise BenchmarkError(f"not {workers} workers with partitions within {_PATIENCE:.0f} s: {found}")
        time.sleep(0.1)
    return found


def exchange(
    event: str, act: Callable[[], object], seen: Movements, kafka: Cluster, group: str, workers: tuple[int, int]
) -> Exchange:
    """Let it happen and see who stood still. ``workers``: how many have partitions before and after."""
    before = settled(kafka, group, workers[0])
    quiet = time.monotonic()
    time.sleep(_QUIET)
    acted = time.monotonic()
    act()
    began = acted
    deadline = acted + _PATIENCE
    while (after := owners(kafka, group)) == before or len(set(after.values())) != workers[1]:
        if after == before:
            began = time.monotonic()
        if time.monotonic() > deadline:
            raise BenchmarkError(f"after {event}: not {workers[1]} workers with partitions: {after}")
        time.sleep(0.05)
    time.sleep(_AFTER)
    ended = time.monotonic() - 0.5  # those that move then are still seen to move
    stayed = [one for one in before if after[one] == before[one]]
    moved = [one for one in before if after[one] != before[one]]

    def longest(partitions: list[Partition], since: float, until: float) -> float:
        return max((seen.longest(one, since, until) for one in partitions), default=0.0)

    return Exchange(
        event,
        len(stayed),
        len(moved),
        longest(stayed, began - _BEFORE, ended),
        longest(moved, acted, ended),
        longest(stayed, quiet, acted),
        longest(stayed, acted, began - _BEFORE) if began - _BEFORE > acted else 0.0,
    )
