"""What is owed: every duty for every period that is over, by everybody who owes it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Final

import polars as pl

from huiliu.division import within
from huiliu.period import Period, containing, day_of
from oversight.errors import CalendarUnknown
from oversight.obligations.duty import OBLIGATIONS, Duty

MOMENT: Final = pl.Datetime("ms", "UTC")

#: Who owes. ``owed_by``: DIVISIONS, PUBLISHERS or OUTLETS; ``subject``: the division's code as text, or an outlet's MN.
#: ``kind``: of events (``project``). ``level``: city or county. From the first period that begins on ``since`` or later
#: to the last that ends by ``until`` (null: open).
OWER: Final = pl.Schema(
    {
        "owed_by": pl.String(),
        "kind": pl.String(),
        "level": pl.String(),
        "division": pl.Int32(),
        "city": pl.Int32(),
        "subject": pl.String(),
        "since": pl.Date(),
        "until": pl.Date(),
    }
)

#: One row for each obligation; key ``obligation, subject, period``. ``due``: the first moment that is too late;
#: ``counts_from``: what came before answers nothing.
EXPECTED: Final = pl.Schema(
    {
        "duty": pl.String(),
        "obligation": pl.String(),
        "division": pl.Int32(),
        "city": pl.Int32(),
        "subject": pl.String(),
        "period": pl.String(),
        "first": pl.Date(),
        "last": pl.Date(),
        "counts_from": MOMENT,
        "due": MOMENT,
    }
)
KEY: Final = ("obligation", "subject", "period")

#: An event for a period may come before it begins: a mistake of its own, not a missing report.
_ANY_TIME: Final = 0

Dated = tuple[str, date, date, int, int]
_MOMENTS: Final = ("counts_from", "due")
_PERIOD: Final = pl.Schema({name: EXPECTED[name] for name in ("period", "first", "last", "counts_from", "due")})


def expected(duties: Iterable[Duty], owers: pl.DataFrame, first: date, last: date, as_of: datetime) -> pl.DataFrame:
    """``EXPECTED``: the periods that end within these Shanghai days, both included, and were over at ``as_of``.

    Raises CalendarUnknown where a deadline in working days can have passed in a year that nobody has told of.
    """
    frames = [_owed(duty, owers, list(_dated(duty, first, last, as_of))) for duty in duties]
    return pl.concat([EXPECTED.to_frame(), *frames]).sort("obligation", "division", "subject", "first")


def _dated(duty: Duty, first: date, last: date, as_of: datetime) -> Iterator[Dated]:
    now = round(as_of.timestamp() * 1000)
    period = containing(duty.period, first)
    while period.last <= min(last, day_of(now)) and period.end_ms <= now:
        if duty.in_force(period):
            counts_from = period.end_ms if duty.counts_from == "period_end" else _ANY_TIME
            yield period.text, period.first, period.last, counts_from, _due(duty, period, now)
        period = period.next()


def _due(duty: Duty, period: Period, now: int) -> int:
    """The deadline; while it must lie ahead of ``now``, a year nobody has told of gives the earliest it can be."""
    try:
        return duty.deadline.due(period)
    except CalendarUnknown:
        earliest = duty.deadline.earliest(period)
        if earliest <= now:
            raise
        return earliest


def _owed(duty: Duty, owers: pl.DataFrame, periods: list[Dated]) -> pl.DataFrame:
    dated = pl.DataFrame(periods, schema={**_PERIOD, **dict.fromkeys(_MOMENTS, pl.Int64())}, orient="row")
    dated = dated.with_columns(pl.from_epoch(name, "ms").dt.replace_time_zone("UTC").cast(MOMENT) for name in _MOMENTS)
    owing = owers.filter(owed_by=duty.owed_by, kind=OBLIGATIONS[duty.obligation])
    if duty.owed_by != "OUTLETS":
        owing = owing.filter(pl.col("level").is_in(duty.levels)).unique("subject", maintain_order=True)
    if duty.divisions is not None:
        wanted = duty.divisions
        inside = [code for code in owing["division"].unique() if any(within(f"{code:06}", one) for one in wanted)]
        owing = owing.filter(pl.col("division").is_in(inside))
    owed = owing.join(dated, how="cross").filter(
        pl.col("first") >= pl.col("since"), pl.col("until").is_null() | (pl.col("last") <= pl.col("until"))
    )
    named = owed.with_columns(duty=pl.lit(duty.code), obligation=pl.lit(duty.obligation))
    return named.select(list(EXPECTED)).cast(EXPECTED)
