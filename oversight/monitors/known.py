"""The facts of monitors in the warehouse, as known at a moment: what is read, and how far back.

Hours are read by ranges of outlets: a province's year is tens of millions of them, of which a few outlets' are held
at a time. What is silent, flat or stepped is told by what was usual in the ``LOOKBACK`` days before; an exceedance
after which nothing was heard for as long is no longer told from these facts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, partial
from typing import Final

import polars as pl

from huiliu.period import SHANGHAI, day_of
from oversight.monitors.effectiveness import TRANSMISSION
from oversight.monitors.reading import OUTLET, READING
from oversight.monitors.silence import ARRIVAL
from oversight.transmission.assessment import Scope, assess, registered_within
from oversight.transmission.declared import DECLARATIONS
from oversight.transmission.windows import MOMENT, Windows
from sinks import monitor_facts, transmission
from sinks.transmission import Span
from sinks.warehouse import Connection

#: Days before the time that is asked about.
LOOKBACK: Final = timedelta(days=75)
#: Hours of readings that are held at a time, about: 2 million rows of 50 bytes.
ROWS_AT_A_TIME: Final = 2_000_000
#: Factors with a limit that an outlet has, about.
_FACTORS: Final = 4


def outlets(connection: Connection, moment: datetime) -> pl.DataFrame:
    """Outlets as registered by a moment (``OUTLET``), in the order of their numbers."""
    known = registered_within(connection, None, None, moment)
    return known.select(pl.col(name).cast(kind) for name, kind in OUTLET.items()).sort("outlet")


def ranges(numbers: Sequence[int], hours: float) -> Iterator[tuple[int, int]]:
    """First and last of each range of outlets whose hours of so long a time can be held."""
    width = max(1, int(ROWS_AT_A_TIME / (_FACTORS * max(1.0, hours))))
    for place in range(0, len(numbers), width):
        part = numbers[place : place + width]
        yield part[0], part[-1]


def readings(connection: Connection, since: datetime, moment: datetime, first: int, last: int) -> pl.DataFrame:
    """``READING`` of a range of outlets."""
    found = monitor_facts.readings(connection, since, moment, first, last)
    return found.select(pl.col(name).cast(kind) for name, kind in READING.items())


def declarations(connection: Connection, since: datetime, moment: datetime) -> pl.DataFrame:
    """``DECLARATIONS`` that touch the time."""
    span = Span(_day(since), _day(moment))
    found = transmission.declarations(connection, span).filter(pl.col("recorded_at") <= moment)
    return found.select(pl.col(name).cast(kind) for name, kind in DECLARATIONS.items())


def arrivals(connection: Connection, since: datetime, moment: datetime) -> pl.DataFrame:
    """``ARRIVAL`` of every publisher and kind."""
    found = monitor_facts.arrivals(connection, since, moment)
    return found.select(pl.col(name).cast(kind) for name, kind in ARRIVAL.items())


def figures(connection: Connection, moment: datetime, windows: Windows | None = None) -> pl.DataFrame:
    """``TRANSMISSION`` of the newest month that is over at a moment, by what had been received by then.

    A month is over at noon of the first day after it, when its last day's immediate figure stands.
    """
    rules = windows or Windows()
    last = newest_month_end(moment, rules)
    first = last.replace(day=1)
    found = assess(connection, Scope(first, last, moment), rules)
    over = datetime.combine(last + timedelta(days=1), time(), SHANGHAI) + timedelta(hours=rules.mark_hours)
    counted = found.counts.group_by("outlet").agg(
        due=pl.col("completed_due").sum(), valid=pl.col("completed_valid").sum()
    )
    named = counted.join(found.outlets, on="outlet", how="inner").with_columns(
        month=pl.lit(first), at=pl.lit(over.astimezone(UTC)).cast(MOMENT)
    )
    return named.select(pl.col(name).cast(kind) for name, kind in TRANSMISSION.items()).sort("mn")


def figures_over(connection: Connection, since: datetime, moment: datetime) -> pl.DataFrame:
    """As ``figures``, of the month that was newest at ``since`` and of each that was over later, as it was then."""
    noon = timedelta(hours=Windows().mark_hours)
    moments, day = [since], _day(since)
    while (day := (day.replace(day=1) + timedelta(days=32)).replace(day=1)) <= _day(moment):
        moments.append(datetime.combine(day, time(), SHANGHAI) + noon)
    return pl.concat([figures(connection, at) for at in moments if at <= moment])


def newest_month_end(moment: datetime, windows: Windows) -> date:
    """The last day of the newest month that is over."""
    return _day(moment - timedelta(hours=windows.mark_hours)).replace(day=1) - timedelta(days=1)


def _day(moment: datetime) -> date:
    return day_of(int(moment.timestamp() * 1000))


class Known:
    """Reads of one connection's transaction, each frame once: what ``oversight.facts`` names, whole or by ranges."""

    def __init__(self, connection: Connection, moment: datetime, since: datetime | None = None) -> None:
        """Nothing is read before it is asked for. ``since``: for what stood at any moment from then on."""
        self.connection, self.moment, self.since = connection, moment, (since or moment) - LOOKBACK
        self.outlet = cache(partial(outlets, connection, moment))
        self.declaration = cache(partial(declarations, connection, self.since, moment))
        self.arrival = cache(partial(arrivals, connection, self.since, moment))
        self.transmission = partial(figures_over, connection, since or moment, moment)

    def reading(self) -> pl.DataFrame:
        """All hours at once: for few outlets; ``parts`` is for a province."""
        return pl.concat([READING.to_frame(), *self.parts()])

    def parts(self) -> Iterator[pl.DataFrame]:
        """The hours by ranges of outlets."""
        numbers = self.outlet()["outlet"].to_list()
        for first, last in ranges(numbers, (self.moment - self.since) / timedelta(hours=1)):
            yield readings(self.connection, self.since, self.moment, first, last)
