"""Periods and the calendar of Asia/Shanghai.

A period is written ``2026``, ``2026Q2``, ``2026-05`` or ``2026-05-01``. Days, months and quarters of an event are
those of Asia/Shanghai, taken as UTC+8: exact since 1991-09-15, when summer time was last given up.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final, Literal

import polars as pl

from huiliu.clock import SHANGHAI as SHANGHAI
from huiliu.errors import Malformed
from huiliu.language import text

HOUR_MS: Final = 3_600_000
DAY_MS: Final = 86_400_000
_EPOCH: Final = date(1970, 1, 1)
_EPOCH_MOMENT: Final = datetime(1970, 1, 1, tzinfo=UTC)
_FORM: Final = re.compile(r"([0-9]{4})(?:Q([1-4])|-([0-9]{2})(?:-([0-9]{2}))?)?")

PeriodKind = Literal["year", "quarter", "month", "day"]


@dataclass(frozen=True, slots=True)
class Period:
    """A span of whole days in Shanghai, ``first`` to ``last``, both within it."""

    text: str
    kind: PeriodKind
    first: date
    last: date

    @property
    def start_ms(self) -> int:
        """Its first moment, UTC milliseconds."""
        return day_start_ms(self.first)

    @property
    def end_ms(self) -> int:
        """The first moment after it, UTC milliseconds."""
        return day_start_ms(self.last) + DAY_MS

    def next(self) -> Period:
        """The period of the same kind that follows. Raises OverflowError after the year 9999."""
        return containing(self.kind, self.last + timedelta(days=1))

    def previous(self) -> Period:
        """The period of the same kind before. Raises OverflowError before the year 1."""
        return containing(self.kind, self.first - timedelta(days=1))

    def __str__(self) -> str:
        """The period as written."""
        return self.text


def _last_day(year: int, month: int) -> date:
    return date(year, 12, 31) if month == 12 else date(year, month + 1, 1) - timedelta(days=1)


def containing(kind: PeriodKind, day: date) -> Period:
    """The period of this kind in which the day lies."""
    year, month = day.year, day.month
    match kind:
        case "year":
            return Period(f"{year:04}", kind, date(year, 1, 1), date(year, 12, 31))
        case "quarter":
            quarter = (month + 2) // 3
            first, last = date(year, quarter * 3 - 2, 1), _last_day(year, quarter * 3)
            return Period(f"{year:04}Q{quarter}", kind, first, last)
        case "month":
            return Period(f"{year:04}-{month:02}", kind, date(year, month, 1), _last_day(year, month))
        case "day":
            return Period(day.isoformat(), kind, day, day)


def _parse(written: str) -> Period | None:
    match = _FORM.fullmatch(written)
    if match is None:
        return None
    year, quarter, month, day = match.groups()
    kind: PeriodKind = "quarter" if quarter else "day" if day else "month" if month else "year"
    first_month = int(quarter) * 3 - 2 if quarter else int(month or 1)
    try:
        return containing(kind, date(int(year), first_month, int(day or 1)))
    except ValueError:
        return None


def parse(written: str) -> Period:
    """The period; raises Malformed for a text of another form or a day that does not exist."""
    period = _parse(written)
    if period is None:
        raise Malformed(text("统计期", "period"), written, "2026, 2026Q2, 2026-05, 2026-05-01")
    return period


def valid(written: str) -> bool:
    """Whether the text is a period."""
    return _parse(written) is not None


def day_start_ms(day: date) -> int:
    """The first moment of a Shanghai day, UTC milliseconds."""
    return (day - _EPOCH).days * DAY_MS - 8 * HOUR_MS


def day_of(moment_ms: int) -> date:
    """The Shanghai day of a moment. Raises OverflowError outside the years 1 to 9999."""
    return _EPOCH + timedelta(days=(moment_ms + 8 * HOUR_MS) // DAY_MS)


def of(kind: PeriodKind, moment_ms: int) -> Period:
    """The Shanghai period of this kind in which a moment (UTC ms) lies."""
    return containing(kind, day_of(moment_ms))


def format_moment(moment_ms: int) -> str:
    """A moment as people in Shanghai read it: ISO 8601 with +08:00, milliseconds where there are any.

    A moment outside the years 1 to 9999, which a publisher can send, stays a number: ``9223372036854775807 ms``.
    """
    try:
        moment = (_EPOCH_MOMENT + timedelta(milliseconds=moment_ms)).astimezone(SHANGHAI)
    except OverflowError:
        return f"{moment_ms} ms"
    return moment.isoformat(timespec="milliseconds" if moment_ms % 1_000 else "seconds")


def shanghai_day(moment: pl.Expr) -> pl.Expr:
    """Int32 days since 1970-01-01 in Shanghai of Int64 UTC ms; null where the day is beyond Int32."""
    return ((moment // HOUR_MS + 8) // 24).cast(pl.Int32, strict=False)


def _date(moment: pl.Expr) -> pl.Expr:
    day = shanghai_day(moment)
    within = day.is_between((date.min - _EPOCH).days, (date.max - _EPOCH).days)
    return pl.when(within).then(day).cast(pl.Date)


def shanghai_month(moment: pl.Expr) -> pl.Expr:
    """Int32 days since 1970-01-01 of the first day of the Shanghai month; null outside the years 1 to 9999."""
    return _date(moment).dt.truncate("1mo").cast(pl.Int32)


def shanghai_quarter(moment: pl.Expr) -> pl.Expr:
    """Int32 days since 1970-01-01 of the first day of the Shanghai quarter; null outside the years 1 to 9999."""
    return _date(moment).dt.truncate("1q").cast(pl.Int32)
