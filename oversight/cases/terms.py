"""The terms of a case: what its rule said about time when it was opened, kept with it.

A rule file that changes later does not move the dates of cases that are open.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from huiliu.period import containing
from oversight.calendar import add_workdays
from oversight.rule import Damping, Escalation, Rule


@dataclass(frozen=True, slots=True)
class Terms:
    """Days are counted as ``days_are`` says; days of Shanghai."""

    days_to_answer: int
    days_to_mend: int
    days_are: str
    verification: str
    document_day: int | None
    recurrence_days: int
    damping: Damping
    escalation: tuple[Escalation, ...]

    def after(self, day: date, days: int) -> date:
        """So many days after a day. Raises CalendarUnknown."""
        return add_workdays(day, days) if self.days_are == "WORKDAY" else day + timedelta(days=days)

    def document_by(self, day: date) -> date:
        """By when a document must be there that was announced on ``day``: a day of the month after."""
        following = containing("month", day).next()
        return min(following.first + timedelta(days=(self.document_day or 10) - 1), following.last)

    def as_json(self) -> dict[str, Any]:
        """As it stands in the first event of a case."""
        return {
            "days_to_answer": self.days_to_answer,
            "days_to_mend": self.days_to_mend,
            "days_are": self.days_are,
            "verification": self.verification,
            "document_day": self.document_day,
            "recurrence_days": self.recurrence_days,
            "damping": [self.damping.returns, self.damping.within_days, self.damping.quiet_days],
            "escalation": [[step.overdue_days, step.to] for step in self.escalation],
        }


def of(rule: Rule) -> Terms:
    """The terms that a rule gives to its cases."""
    return Terms(
        rule.days_to_answer,
        rule.days_to_mend,
        rule.days_are,
        rule.verification,
        rule.document_day,
        rule.recurrence_days,
        rule.damping,
        rule.escalation,
    )


def from_json(told: Mapping[str, Any]) -> Terms:
    """What ``as_json`` gave."""
    rest = {name: value for name, value in told.items() if name not in ("damping", "escalation")}
    steps = tuple(Escalation(days, to) for days, to in told["escalation"])
    return Terms(**rest, damping=Damping(*told["damping"]), escalation=steps)
