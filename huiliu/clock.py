"""The time of day, in UTC milliseconds, and how a test or a drill replaces it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta, timezone
from typing import Final

SHANGHAI: Final = timezone(timedelta(hours=8), "Asia/Shanghai")

Clock = Callable[[], int]


def system_clock() -> int:
    """UTC milliseconds by the machine's clock."""
    return time.time_ns() // 1_000_000


_clocks: list[Clock] = [system_clock]


def now_ms() -> int:
    """UTC milliseconds by the clock in force."""
    return _clocks[-1]()


@contextmanager
def using(clock: Clock) -> Iterator[None]:
    """Put another clock in force for the whole process, until the block ends."""
    _clocks.append(clock)
    try:
        yield
    finally:
        _clocks.pop()


def at(moment_ms: int) -> Clock:
    """A clock that stands still at this moment."""
    return lambda: moment_ms
