"""Dates, times and months as people and spreadsheets write them. A time without a zone is Chinese standard time.

Spellings that could be two days (03/04/2026) are not read. Excel's serial numbers count days from 1899-12-30 (its 1900
system, valid from 1900-03-01).

>>> days("2026年1月5日") == days("46027") == days("20260105"), month("2026/1")
(True, '2026-01')
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Final

from gateways.files.numbers import decimal, plain
from gateways.files.unread import Unread, cannot
from huiliu.period import DAY_MS, SHANGHAI

DATE: Final = "2026-01-05（日期 date）"
TIME: Final = "2026-01-05 08:00:00（北京时间 Beijing time）| 2026-01-05T00:00:00Z"
MONTH: Final = "2026-01（月份 month）"

_EPOCH: Final = date(1970, 1, 1)
_EPOCH_MOMENT: Final = datetime(1970, 1, 1, tzinfo=UTC)
_EXCEL_ZERO: Final = (date(1899, 12, 30) - _EPOCH).days
_SERIALS: Final = (10_000, 99_999)  #: 1927-05-18 to 2173-10-13: five digits, so no year and no month
_DATE: Final = re.compile(
    r"(?P<year>[0-9]{4})(?:(?P<sep>[-/.])(?P<month>[0-9]{1,2})(?P=sep)(?P<day>[0-9]{1,2})"
    r"|年(?P<month_zh>[0-9]{1,2})月(?P<day_zh>[0-9]{1,2})[日号]|(?P<month_tight>[0-9]{2})(?P<day_tight>[0-9]{2}))"
)
_CLOCK: Final = re.compile(
    r"(?P<hour>[0-9]{1,2})(?::(?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2})(?:\.(?P<part>[0-9]{1,9}))?)?"
    r"|[时点](?:(?P<minute_zh>[0-9]{1,2})分(?:(?P<second_zh>[0-9]{1,2})秒)?)?)(?P<zone>Z|[+-][0-9]{2}:?[0-9]{2})?",
    re.IGNORECASE,
)
_TIGHT: Final = re.compile(r"([0-9]{8})([0-9]{2})([0-9]{2})([0-9]{2})?")
_MONTH: Final = re.compile(r"([0-9]{4})(?:[-/.]([0-9]{1,2})|年([0-9]{1,2})月(?:份)?|([0-9]{2}))")


def _date(text: str) -> date | None:
    match = _DATE.fullmatch(text)
    if match is None:
        return None
    month = match["month"] or match["month_zh"] or match["month_tight"]
    day = match["day"] or match["day_zh"] or match["day_tight"]
    try:
        return date(int(match["year"]), int(month), int(day))
    except ValueError:
        return None


def days(text: str) -> int | Unread:
    """Days since 1970-01-01."""
    given = plain(text)
    found = _date(given)
    if found is not None:
        return (found - _EPOCH).days
    number = decimal(given) if given.isdecimal() else None
    if number is not None and _SERIALS[0] <= number <= _SERIALS[1]:
        return int(number) + _EXCEL_ZERO
    moment = milliseconds(given)
    if isinstance(moment, Unread):
        return cannot(text, DATE)
    local = datetime.fromtimestamp(0, SHANGHAI) + timedelta(milliseconds=moment)
    if local.time() == datetime.min.time():
        return (local.date() - _EPOCH).days
    return cannot(text, DATE, local.date().isoformat())


def milliseconds(text: str) -> int | Unread:
    """UTC milliseconds."""
    given = plain(text)
    if given.isascii() and given.isdecimal() and len(given) == 13:
        return int(given)
    moment = _moment(given)
    if moment is not None:
        return (moment - _EPOCH_MOMENT) // timedelta(milliseconds=1)
    number = decimal(given)
    if number is not None and _SERIALS[0] <= number < _SERIALS[1] + 1:
        return _serial(number)
    return cannot(text, TIME)


def _serial(number: Decimal) -> int:
    """An Excel serial number as UTC ms; a double holds a day's fraction to the millisecond at best."""
    local = round((number + _EXCEL_ZERO) * DAY_MS)
    near = round(local, -3)  # a whole second, as people enter them, comes out of the fraction a little off
    return (near if abs(near - local) <= 5 else local) - 8 * 3_600_000


def _moment(given: str) -> datetime | None:
    tight = _TIGHT.fullmatch(given)
    if tight is not None:
        given = f"{tight[1]} {tight[2]}:{tight[3]}:{tight[4] or '00'}"
    day, _, clock = re.sub(r"[T ]+|(?<=[日号])", " ", given, count=1, flags=re.IGNORECASE).partition(" ")
    found, time = _date(day), _CLOCK.fullmatch(clock.strip() or "00:00")
    if found is None or time is None:
        return None
    minute, second = time["minute"] or time["minute_zh"] or 0, time["second"] or time["second_zh"] or 0
    micro = int((time["part"] or "0")[:6].ljust(6, "0"))
    try:
        local = datetime(found.year, found.month, found.day, int(time["hour"]), int(minute), int(second), micro)
        return local.replace(tzinfo=_zone(time["zone"])).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _zone(given: str | None) -> timezone:
    if given is None:
        return SHANGHAI
    if given.upper() == "Z":
        return UTC
    digits = given[1:].replace(":", "")
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(-offset if given[0] == "-" else offset)


def month(text: str) -> str | Unread:
    """A month as YYYY-MM; a spreadsheet that made the first day of it is understood."""
    given = plain(text)
    match = _MONTH.fullmatch(given)
    if match is not None:
        number = int(match[2] or match[3] or match[4])
        return f"{match[1]}-{number:02}" if 1 <= number <= 12 else cannot(text, MONTH)
    found = days(given)
    if isinstance(found, Unread):
        return cannot(text, MONTH)
    first = _EPOCH + timedelta(days=found)
    return first.isoformat()[:7] if first.day == 1 else cannot(text, MONTH, first.isoformat()[:7])
