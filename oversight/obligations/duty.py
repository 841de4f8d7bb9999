"""A duty to report (报送要求): which kind, for which periods, owed by whom, by when. One file each in ``duties/``.

A yearly summary is owed as the year's indicators: contracts know no other kind for it, and ``nil`` answers it by its
period (``INDICATOR``, ``2025``). See docs/decisions/0028-obligations.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Literal

from huiliu.period import DAY_MS, HOUR_MS, Period, PeriodKind, day_start_ms
from oversight import calendar
from oversight.rule import Words

#: The codes of ``schemas/codes/obligation.json``: what can be owed, and the kind of event that it is.
OBLIGATIONS: Final = {"PROJECT": "project", "AWARD": "award", "INDICATOR": "indicator", "READING": "reading"}

OwedBy = Literal["PUBLISHERS", "DIVISIONS", "OUTLETS"]
OWED_BY: Final = ("PUBLISHERS", "DIVISIONS", "OUTLETS")
LEVELS: Final = ("city", "county")
DEADLINE_UNITS: Final = ("workday", "day", "hour")
IF_NO_WORKDAY: Final = ("next_workday", "same")
COUNTS_FROM: Final = ("period_start", "period_end")


@dataclass(frozen=True, slots=True)
class Deadline:
    """So long after the period's last day: the end of the n-th working day or calendar day, or n hours.

    ``rolls``: a calendar day that is no working day gives way to the next that is.
    """

    number: int
    unit: str
    rolls: bool = False

    def due(self, period: Period) -> int:
        """The first moment (UTC ms) that is too late. Raises CalendarUnknown for working days of an unknown year."""
        if self.unit == "hour":
            return period.end_ms + self.number * HOUR_MS
        if self.unit == "workday":
            last = calendar.add_workdays(period.last, self.number)
        else:
            last = period.last + timedelta(days=self.number)
            last = calendar.next_workday(last) if self.rolls else last
        return day_start_ms(last) + DAY_MS

    def earliest(self, period: Period) -> int:
        """A moment (UTC ms) before which ``due`` cannot lie, told without a calendar."""
        if self.unit == "hour":
            return period.end_ms + self.number * HOUR_MS
        return day_start_ms(period.last + timedelta(days=self.number)) + DAY_MS


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """One version of one duty. A period is owed by the version in force on its last day (days are Shanghai's)."""

    code: str  #: stable, given once: OB-PROJECT-MONTH
    obligation: str  #: a key of ``OBLIGATIONS``
    period: PeriodKind
    #: PUBLISHERS: those registered for the kind; DIVISIONS: all within their jurisdiction; OUTLETS: registered outlets.
    owed_by: OwedBy
    version: int
    valid_from: date
    valid_to: date | None
    levels: tuple[str, ...]  #: of publishers and divisions; a city without counties counts as its own county
    divisions: tuple[str, ...] | None  #: only of these divisions and what lies in them; None: everywhere
    deadline: Deadline
    counts_from: str  #: period_start: whatever came for the period; period_end: only what came once it was over
    least_hours: int | None  #: of OUTLETS: so many hours of the day make it reported
    pursued_days: int  #: so many days after the period's end a missing report is still a matter of oversight
    norm: str
    title: Words

    def in_force(self, period: Period) -> bool:
        """Whether this version says what is owed for the period."""
        return self.valid_from <= period.last and (self.valid_to is None or period.last <= self.valid_to)
