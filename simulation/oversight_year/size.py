"""How large a synthetic year is, and which months it has."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from huiliu import division
from huiliu.period import SHANGHAI
from simulation.projects import months

PROVINCE: Final = "340000"


@dataclass(frozen=True, slots=True)
class Size:
    """A province of so many cities (the first in order of code), and what they report on from ``first`` on."""

    cities: int
    outlets: int
    projects: int
    awards: int
    months: int
    first: date = date(2025, 1, 1)  #: first day of the first month

    @property
    def codes(self) -> tuple[str, ...]:
        """The cities."""
        return tuple(division.cities(PROVINCE, self.first.year)[: self.cities])

    @property
    def calendar(self) -> list[date]:
        """First days of the months."""
        return months(self.first, self.months)

    @property
    def after(self) -> date:
        """The first day after the last month."""
        return months(self.first, self.months + 1)[-1]


#: Small enough to go through the hub as events in a test: one quarter.
SMALL: Final = Size(cities=2, outlets=14, projects=44, awards=40, months=3)
#: A province's year, as the claim about speed asks for it.
YEAR: Final = Size(cities=16, outlets=2000, projects=1500, awards=1500, months=12)


def moment(day: date, hour: int = 0, minute: int = 0) -> datetime:
    """A moment of a Shanghai day."""
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=SHANGHAI)
