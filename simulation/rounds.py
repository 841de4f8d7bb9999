"""When readings are due: rounds in which every series reports once, in the order of time.

Each hour an hour value; every sixth hour a ten-minute value and every eighth a momentary one as samples of the finer
kinds; at the end of each Shanghai day a day value.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Final

import polars as pl

from huiliu.period import DAY_MS, HOUR_MS, day_start_ms

#: How long each kind of period lasts, milliseconds.
LENGTH_MS: Final = {"REALTIME": 0, "MINUTE": HOUR_MS // 6, "HOUR": HOUR_MS, "DAY": DAY_MS}


@dataclass(frozen=True, slots=True)
class Round:
    """All series report this period."""

    period: str
    start: int  #: UTC milliseconds

    @property
    def end(self) -> int:
        """When the period is over, UTC milliseconds."""
        return self.start + LENGTH_MS[self.period]


def rounds(first: date) -> Iterator[Round]:
    """The rounds from the first moment of a Shanghai day on, without end."""
    begin = day_start_ms(first)
    hour = 0
    while True:
        start = begin + hour * HOUR_MS
        if hour % 8 == 5:
            yield Round("REALTIME", start + HOUR_MS // 2)
        if hour % 6 == 2:
            yield Round("MINUTE", start + HOUR_MS // 6 * (hour // 6 % 6))
        yield Round("HOUR", start)
        if hour % 24 == 23:
            yield Round("DAY", start - 23 * HOUR_MS)
        hour += 1


def table(first: date, since: int, until: int) -> pl.DataFrame:
    """Rounds number ``since`` to before ``until``: round Int64, period String, start and end Int64 UTC ms."""
    wanted = list(islice(rounds(first), since, until))
    return pl.DataFrame(
        {
            "round": range(since, until),
            "period": [one.period for one in wanted],
            "start": [one.start for one in wanted],
            "end": [one.end for one in wanted],
        },
        schema={"round": pl.Int64, "period": pl.String, "start": pl.Int64, "end": pl.Int64},
    )
