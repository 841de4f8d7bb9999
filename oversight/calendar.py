"""Working days of China (工作日): weekends, holidays, and the Saturdays and Sundays that are worked for them (调休).

The one module that knows the package ``chinesecalendar``, which holds the State Council's yearly notices on holidays
(国务院办公厅关于部分节假日安排的通知), and after its last year the province's own file of them
(:mod:`oversight.calendar_file`). Whole years are known; a day of another raises CalendarUnknown wherever it is asked
for, never a guess by weekdays. Days are Shanghai's.

>>> is_workday(date(2024, 10, 12)), next_workday(date(2024, 10, 1)), nth_workday(2024, 10, 1)
(True, datetime.date(2024, 10, 8), datetime.date(2024, 10, 8))
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Final

import chinese_calendar
from chinese_calendar.constants import holidays

from huiliu.language import text
from huiliu.settings import Settings
from oversight import calendar_file
from oversight.calendar_file import Year
from oversight.errors import CalendarUnknown, OversightError

FIRST_YEAR: Final = min(holidays).year
LAST_YEAR: Final = max(holidays).year
FIRST_DAY: Final = date(FIRST_YEAR, 1, 1)
LAST_DAY: Final = date(LAST_YEAR, 12, 31)

_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Pause:
    """Days that do not run towards a deadline, both included: an objection is looked into, a matter is suspended."""

    first: date
    last: date


def is_workday(day: date) -> bool:
    """Whether people work on this day. Raises CalendarUnknown."""
    at = _index(day)
    return at < len(_workdays()) and _workdays()[at] == day


def next_workday(day: date) -> date:
    """The day itself if it is a working day, else the first after it. Raises CalendarUnknown."""
    return _at(_index(day), day)


def add_workdays(day: date, n: int, pauses: Iterable[Pause] = ()) -> date:
    """The ``n``-th working day after ``day`` (before it where negative); 0 rolls forward to a working day.

    Working days within a pause are passed over. Raises CalendarUnknown.
    """
    stopped = tuple(pauses)
    if not stopped:
        return _added(day, n)
    if n < 0:
        raise OversightError(text("往回数工作日时不能扣除暂停时段", "pauses only count for days that lie ahead"))
    found, left = (next_workday(day), 0) if n == 0 else (day, n)
    while left or _paused(found, stopped):
        found = _added(found, 1)
        left -= not _paused(found, stopped) and left > 0
    return found


def workdays_after(first: date, last: date) -> int:
    """How many working days lie after ``first`` up to and with ``last``; 0 where it is not after. CalendarUnknown."""
    _require(first)
    _require(last)
    return max(0, bisect_right(_workdays(), last) - bisect_right(_workdays(), first))


def nth_workday(year: int, month: int, n: int) -> date:
    """The ``n``-th working day of a month, from 1. Raises CalendarUnknown, OversightError where there are fewer."""
    first = date(year, month, 1)
    found = _at(_index(first) + n - 1, first)
    if n >= 1 and (found.year, found.month) == (year, month):
        return found
    raise OversightError(
        text(f"{year} 年 {month} 月没有第 {n} 个工作日", f"{year}-{month:02} has no working day number {n}")
    )


@cache
def _own() -> tuple[Year, ...]:
    """The years of the province's own file. Raises CalendarFileRefused."""
    path = Settings.from_environment().calendar
    return calendar_file.read(path, LAST_YEAR) if path else ()


def _last_year() -> int:
    return _own()[-1].year if _own() else LAST_YEAR


def _unknown(day: date) -> CalendarUnknown:
    return CalendarUnknown(day, FIRST_YEAR, _last_year())


def _require(day: date) -> None:
    if not FIRST_YEAR <= day.year <= _last_year():
        raise _unknown(day)


@cache
def _workdays() -> tuple[date, ...]:
    """Every working day that is known, in order: 23 years are 6,000."""
    days = (FIRST_DAY + n * _DAY for n in range((LAST_DAY - FIRST_DAY).days + 1))
    shipped = (day for day in days if chinese_calendar.is_workday(day))
    return (*shipped, *(day for year in _own() for day in year.workdays()))


def _index(day: date) -> int:
    """Where the first working day from this day on stands."""
    _require(day)
    return bisect_left(_workdays(), day)


def _added(day: date, n: int) -> date:
    if n > 0:
        _require(day)
        return _at(bisect_right(_workdays(), day) + n - 1, day)
    return _at(_index(day) + n, day)


def _at(index: int, asked: date) -> date:
    """The working day at this place; CalendarUnknown where it lies in a year that nobody has told of."""
    days = _workdays()
    if 0 <= index < len(days):
        return days[index]
    beyond = FIRST_DAY - _DAY if index < 0 else date(_last_year() + 1, 1, 1)
    raise _unknown(beyond if FIRST_YEAR <= asked.year <= _last_year() else asked)


def _paused(day: date, pauses: tuple[Pause, ...]) -> bool:
    return any(pause.first <= day <= pause.last for pause in pauses)
