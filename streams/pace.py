"""How often the broker is asked for records.

A request names every partition, and each partition that answers is a message of Faust's: asked anew for each record,
448 partitions cost a core. To let the broker wait until there is more costs it another: with every record that comes
to any partition it looks at all partitions of the request that waits. So the asking is what waits: a request goes out
no sooner than a linger after the one before, finds what has come meanwhile and is answered at once. When nothing has
come for a while the request waits at the broker, and the first record is answered as it comes.

While a backlog is being loaded there is no pause: every request brings as much as it may.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Callable
from typing import Any, Final

#: The broker answers as soon as there is one byte; where there is none, it waits so long for one.
LEAST_BYTES: Final = 1
PATIENCE_MS: Final = 500

#: The weight of the newest batch in what a batch is said to take.
_WEIGHT: Final = 0.2


class Rhythm:
    """How long records gather before they are asked for: as the setting says, or as long as a batch takes.

    What comes sooner than the next batch begins would only wait in the worker instead of at the broker, in more pieces.
    """

    def __init__(self, shortest: float, longest: float = 1.0) -> None:
        """Both in seconds."""
        self._shortest, self._longest = shortest, max(shortest, longest)
        self._batch = shortest

    @property
    def linger(self) -> float:
        """Seconds."""
        return min(max(self._shortest, self._batch), self._longest)

    def took(self, seconds: float) -> None:
        """The slowest stage took so long for a batch."""
        self._batch += _WEIGHT * (seconds - self._batch)


class Pace:
    """The moments at which the nodes of a cluster were asked last, and when each may be asked again."""

    def __init__(
        self, rhythm: Rhythm, hurried: Callable[[], bool], clock: Callable[[], float] = time.monotonic
    ) -> None:
        """``hurried`` tells whether a backlog is being loaded."""
        self._rhythm, self._hurried, self._clock = rhythm, hurried, clock
        self._asked: dict[int, float] = {}

    def pause(self, node: int) -> float:
        """Seconds until this node may be asked; it counts as asked then."""
        now, linger = self._clock(), self._rhythm.linger
        wait = 0.0 if self._hurried() else max(0.0, self._asked.get(node, -math.inf) + linger - now)
        self._asked[node] = now + wait
        return wait

    def lead(self, fetcher: Any) -> None:
        """Have a fetcher of aiokafka (0.14) ask at this pace, from now on.

        Its one task a node carries a request out and takes the answer in; the pause stands before that. An assignment
        that changes meanwhile cancels the task, pausing or asking; an answer for a place left is dropped, as always.
        """
        carry_out = fetcher._proc_fetch_request

        async def at_pace(assignment: Any, node: int, request: Any) -> bool:
            try:
                await asyncio.sleep(self.pause(node))
            except asyncio.CancelledError:
                return False  # as when it is cancelled while it asks: a client that closes waits for its tasks bare
            answered: bool = await carry_out(assignment, node, request)
            return answered

        fetcher._fetch_min_bytes, fetcher._fetch_max_wait_ms = LEAST_BYTES, PATIENCE_MS
        fetcher._proc_fetch_request = at_pace
