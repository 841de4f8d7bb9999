"""How much one may have on its way, and how fast: bytes of all together, events and requests of each publisher."""

from __future__ import annotations

import asyncio
import math
import time
from collections import Counter, OrderedDict
from collections.abc import Callable
from typing import Final

from gateways.http import problems
from gateways.http.problem import Problem, Words

Clock = Callable[[], float]

#: Failed logins of one user from one address in a minute, of all users from there, and how many are remembered.
FAILURES: Final = 30
ADDRESS_FAILURES: Final = 300
_ADDRESSES: Final = 10_000
_MINUTE: Final = 60.0

#: Requests of one publisher under way at once.
AT_ONCE: Final = 128

#: Seconds after which a request beyond the rate is told so: who asks again at once shall not keep the process busy.
COOLING: Final = 0.25

#: Seconds of the rate that may come at once.
BURST: Final = 2.0


class Bucket:
    """A token bucket: ``rate`` a second, ``room`` at once."""

    def __init__(self, rate: float, room: float, clock: Clock = time.monotonic) -> None:
        self.rate, self.room, self._clock = rate, room, clock
        self._there, self._at = room, clock()

    def take(self, amount: float) -> float:
        """Take so much if it is there: 0; else the seconds until it will be, and nothing is taken.

        What is more than the room is let through when the bucket is full, and then owed.
        """
        now = self._clock()
        self._there = min(self.room, self._there + (now - self._at) * self.rate)
        self._at = now
        lacking = min(amount, self.room) - self._there
        if lacking > 1e-9:
            return lacking / self.rate
        self._there -= amount
        return 0.0


class Rates:
    """The rates of each publisher: events and requests a second."""

    def __init__(self, events: float, requests: float, clock: Clock = time.monotonic) -> None:
        self._events, self._requests, self._clock = events, requests, clock
        self._buckets: dict[str, tuple[Bucket, Bucket]] = {}

    def request(self, publisher: str) -> None:
        """One more request. Raises Problem 429."""
        rate = Words(f"每秒 {self._requests:g} 个请求", f"{self._requests:g} requests a second")
        self._take(self._of(publisher)[1], 1, rate)

    def owing(self, publisher: str) -> None:
        """Raises Problem 429 where events are owed: before anything of a body is read."""
        self.events(publisher, 0)

    def events(self, publisher: str, count: int) -> None:
        """So many more events. Raises Problem 429."""
        rate = Words(f"每秒 {self._events:g} 条事项", f"{self._events:g} events a second")
        self._take(self._of(publisher)[0], count, rate)

    async def paced(self, publisher: str, count: int) -> None:
        """So many more events, once the rate allows them: for a file that is sent bit by bit."""
        while seconds := self._of(publisher)[0].take(count):
            await asyncio.sleep(seconds)

    def _of(self, publisher: str) -> tuple[Bucket, Bucket]:
        if publisher not in self._buckets:  # publishers have proved who they are: there are as many as are registered
            rates = self._events, self._requests
            events, requests = (Bucket(rate, max(1.0, rate * BURST), self._clock) for rate in rates)
            self._buckets[publisher] = events, requests
        return self._buckets[publisher]

    @staticmethod
    def _take(bucket: Bucket, amount: float, rate: Words) -> None:
        seconds = bucket.take(amount)
        if seconds:
            raise problems.rate_limited(max(1, math.ceil(seconds)), rate)


class Guests:
    """Requests of each publisher that are under way: so many and no more, whatever connections it opens."""

    def __init__(self, most: int = AT_ONCE) -> None:
        """``most``: of one publisher at once."""
        self._most, self._there = most, Counter[str]()

    def enter(self, publisher: str) -> None:
        """One more. Raises Problem 429."""
        if self._there[publisher] >= self._most:
            raise problems.too_many_at_once(self._most)
        self._there[publisher] += 1

    def leave(self, publisher: str) -> None:
        """One fewer."""
        self._there[publisher] -= 1
        if not self._there[publisher]:
            del self._there[publisher]


class Failures:
    """Failed logins by whatever they are told apart by: so many in a minute, then none is tried for its rest."""

    def __init__(self, most: int, clock: Clock = time.monotonic) -> None:
        self._most, self._clock = most, clock
        self._seen: OrderedDict[str, tuple[float, int]] = OrderedDict()

    def check(self, name: str) -> None:
        """Raises Problem 429."""
        since, count = self._seen.get(name, (0.0, 0))
        left = since + _MINUTE - self._clock()
        if count >= self._most and left > 0:
            raise problems.too_many_failures(max(1, math.ceil(left)))

    def note(self, name: str) -> None:
        """One more."""
        since, count = self._seen.pop(name, (self._clock(), 0))
        if self._clock() - since >= _MINUTE:
            since, count = self._clock(), 0
        self._seen[name] = since, count + 1
        while len(self._seen) > _ADDRESSES:
            self._seen.popitem(last=False)


class Flight:
    """Bytes that are held for requests on their way, until Kafka has confirmed or refused them."""

    def __init__(self, room: int, full: Callable[[], Problem] = problems.busy) -> None:
        """``room`` in bytes; ``full``: what is said where there is none."""
        self.room, self.held, self._full = room, 0, full

    def require_room(self) -> None:
        """Something large is about to come. Raises Problem 503 where more than half is held already."""
        if 2 * self.held > self.room:
            raise self._full()

    def hold(self, more: int) -> None:
        """So many more bytes. Raises Problem 503 where there is no room."""
        if self.held + more > self.room:
            raise self._full()
        self.held += more

    def let_go(self, less: int) -> None:
        """So many fewer."""
        self.held -= less
