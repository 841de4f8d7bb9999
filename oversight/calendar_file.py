"""Years of working days that the package does not have yet, as a file of the province's own (``HUILIU_CALENDAR``).

The State Council publishes a year's holidays some weeks before it begins, and the package follows some weeks later;
deadlines of December already lie in the next year. The file says what the notice says, and by which notice::

    {"years": [{"year": 2027, "source": "国办发明电〔2026〕…号",
                "holidays": ["2027-01-01", …], "worked": ["2027-01-09", …]}]}

``holidays``: days off, weekdays or not; ``worked``: Saturdays and Sundays that are worked. A year that the package has
is refused, so that there are never two answers.
"""

from __future__ import annotations

from collections.abc import Sequence, Set
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any, Final, NamedTuple

from oversight.errors import CalendarFileRefused
from oversight.reading import Reading, at, entries

_FIELDS: Final = ("year", "source", "holidays", "worked")
_SATURDAY: Final = 5


class Year(NamedTuple):
    """A year as its notice arranges it."""

    year: int
    holidays: Set[date]
    worked: Set[date]

    def workdays(self) -> list[date]:
        """Its working days, in order."""
        first = date(self.year, 1, 1)
        days = (first + timedelta(days=n) for n in range((date(self.year + 1, 1, 1) - first).days))
        return [day for day in days if day in self.worked or not (day in self.holidays or _weekend(day))]


def read(path: Path, last: int) -> tuple[Year, ...]:
    """The years of the file, which follow ``last``, the last year known. Raises CalendarFileRefused."""
    return entries(path, "years", _year, partial(_hold_order, last + 1), CalendarFileRefused)


def _hold_order(first: int, reading: Reading, found: Sequence[Year]) -> None:
    for number, one in enumerate(found):
        due = first + number
        if one.year != due:
            reading.fault(
                f"years[{number}].year",
                f"应为 {due}：已知到 {first - 1} 年，其后逐年相接",
                f"must be {due}: known to {first - 1}, and years follow one another",
            )


def _year(reading: Reading, value: Any, place: str) -> Year | None:
    told = reading.fields(value, place, _FIELDS)
    year = reading.whole(told.get("year"), at(place, "year"), 2000, 2200)
    reading.text(told.get("source"), at(place, "source"))
    if year is None:
        return None
    days = {name: _days(reading, told.get(name), at(place, name), year) for name in ("holidays", "worked")}
    for day in sorted(day for day in days["worked"] if not _weekend(day)):
        reading.fault(at(place, "worked"), f"{day} 不是周末，本来就上班", f"{day} is no weekend and worked anyway")
    for day in sorted(days["holidays"] & days["worked"]):
        reading.fault(place, f"{day} 既放假又上班", f"{day} is both off and worked")
    if not days["holidays"]:
        reading.fault(at(place, "holidays"), "一年总有法定节假日", "no year is without holidays")
    return Year(year, days["holidays"], days["worked"])


def _days(reading: Reading, value: Any, place: str, year: int) -> frozenset[date]:
    found = reading.items(value, place, lambda one, where: reading.day(one, where))
    for day in found:
        if day.year != year:
            reading.fault(place, f"{day} 不在 {year} 年", f"{day} is not in {year}")
    return frozenset(found)


def _weekend(day: date) -> bool:
    return day.weekday() >= _SATURDAY
