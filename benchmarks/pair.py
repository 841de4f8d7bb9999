"""One stage measured alone, and what it is measured against."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

Result = TypeVar("Result")
_TIMES = 3


@dataclass(frozen=True)
class Stage:
    """So many rows through one way of doing a stage."""

    stage: str
    way: str
    rows: int
    seconds: float
    rows_per_second: float = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "rows_per_second", self.rows / self.seconds)


def timed(work: Callable[[], Result], times: int = _TIMES) -> tuple[float, Result]:
    """The shortest of a few runs, in seconds: what disturbs a run on a shared machine only makes it longer."""
    shortest, result = float("inf"), None
    for _ in range(times):
        started = time.perf_counter()
        result = work()
        shortest = min(shortest, time.perf_counter() - started)
    assert result is not None
    return shortest, result
