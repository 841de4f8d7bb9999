"""Chunks that were read and wait for their batch, in the order in which they were read.

A batch takes from the partitions in turn, of each so many rows, until it has enough. So whatever one publisher floods,
the few records of another are in the next batch: all of them, in however many chunks they were read.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter, deque
from collections.abc import Iterator
from typing import Final, Generic, Protocol, TypeVar

from streams import fair, linger
from streams.linger import Waiting

Place = tuple[str, int]

#: What a kind costs in a batch until it was measured, and the weight of each new measurement.
_COST: Final = 0.1
_WEIGHT: Final = 0.2

#: Batches of more rows say nothing of what a kind costs by itself; batches of fewer nothing of what rows cost.
_FEW: Final = 2_000

#: Rows of one place in one turn, as the transport fetches them.
_TURN: Final = 5_000

#: Rows a second of the slowest stage until it was measured.
_PACE: Final = 60_000.0


class Piece(Protocol):
    """Some records of one partition."""

    @property
    def place(self) -> Place: ...
    @property
    def kind(self) -> str: ...
    @property
    def publisher(self) -> str: ...
    @property
    def rows(self) -> int: ...


P = TypeVar("P", bound=Piece)


class Gathering(Generic[P]):
    """What waits, kind by kind. To be used in one event loop."""

    def __init__(self, shortest: float, rows: int) -> None:
        """``shortest`` is what every event may wait for others, in seconds; ``rows`` the most of one batch."""
        self._shortest, self._rows = shortest, rows
        self._kinds: dict[str, dict[Place, deque[P]]] = {}
        self._waiting: dict[str, Waiting] = {}
        self._seen: dict[str, float] = {}
        self._cost, self._pace = _COST, _PACE
        self._more = asyncio.Event()

    def add(self, piece: P) -> None:
        """A piece that was just read; pieces of one place come in their order."""
        self._kinds.setdefault(piece.kind, {}).setdefault(piece.place, deque()).append(piece)
        now = self._seen[piece.publisher] = time.monotonic()
        before = self._waiting.get(piece.kind, Waiting(0, now))
        self._waiting[piece.kind] = before._replace(rows=before.rows + piece.rows)
        self._more.set()

    def cost(self, kinds: int, rows: int, seconds: float) -> None:
        """What a batch of so many kinds and rows took, from taking it to its commit, in seconds."""
        if kinds and rows <= _FEW:
            self._cost += _WEIGHT * (seconds / kinds - self._cost)

    def pace(self, rows: int, seconds: float) -> None:
        """How long a stage took for a batch, by the clock."""
        if rows > _FEW and seconds > 0:
            self._pace += _WEIGHT * (rows / seconds - self._pace)

    async def batch(self) -> list[P]:
        """What goes next, as soon as it has waited long enough."""
        while True:
            self._more.clear()
            now = time.monotonic()
            kinds = linger.going(self._waiting, self._cost, self._shortest, now)
            if kinds:
                return self._taken(kinds)
            await self._wait(now)

    async def _wait(self, now: float) -> None:
        """Until a kind has waited long enough, or something comes that may change when."""
        moments = linger.due(self._waiting, self._cost, self._shortest).values()
        waiting = asyncio.ensure_future(self._more.wait())
        try:
            await asyncio.wait([waiting], timeout=min(moments) - now if moments else None)
        finally:
            waiting.cancel()

    def _taken(self, kinds: frozenset[str]) -> list[P]:
        taken, rows, limit = [], 0, self._limit()
        for piece in self._in_turn(kinds):
            taken.append(piece)
            rows += piece.rows
            if rows >= limit:
                break
        for kind in kinds:
            self._settle(kind)
        return taken

    def _limit(self) -> int:
        waiting: Counter[str] = Counter()
        for places in self._kinds.values():
            for queue in places.values():
                waiting[queue[0].publisher] += sum(piece.rows for piece in queue)
        return fair.limit(waiting, self._seen, time.monotonic(), self._pace, self._rows)

    def _in_turn(self, kinds: frozenset[str]) -> Iterator[P]:
        """A turn's rows of each place, then another turn of each that has more; the smallest places first."""
        queues = [queue for kind in kinds for queue in self._kinds[kind].values()]
        queues.sort(key=lambda queue: sum(piece.rows for piece in queue))
        while queues:
            for queue in queues:
                rows = 0
                while queue and rows < _TURN:
                    rows += queue[0].rows
                    yield queue.popleft()
            queues = [queue for queue in queues if queue]

    def _settle(self, kind: str) -> None:
        """What is left of a kind has waited already: it goes with the next batch."""
        left = {place: queue for place, queue in self._kinds[kind].items() if queue}
        rows = sum(piece.rows for queue in left.values() for piece in queue)
        if left:
            self._kinds[kind] = left
            self._waiting[kind] = self._waiting[kind]._replace(rows=rows)
        else:
            del self._kinds[kind], self._waiting[kind]
