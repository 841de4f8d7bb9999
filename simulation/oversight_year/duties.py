"""Who owes which monthly report in the synthetic year, and what came of it: in time, late, nil, exempt or missing.

Counties owe their projects and awards, cities their indicators. A county without an award in a month says so (nil), as
it should; what is planted is a report that never came, one that came after the deadline, and duties from which
somebody exempted a division, with the reason.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final, Literal

import numpy as np

from huiliu import division
from simulation.oversight_year import marks
from simulation.oversight_year.key import Innocent, Planted
from simulation.oversight_year.project_lives import ProjectLife, last_day
from simulation.oversight_year.size import PROVINCE, Size, moment
from simulation.registry import in_turn

Fate = Literal["IN_TIME", "LATE", "NIL", "EXEMPT", "MISSING"]
TOPIC: Final = "report-missing"

#: Shares of the duties with a planted fate, once each fate has been planted.
_SHARES: Final = {"MISSING": 0.01, "LATE": 0.015, "EXEMPT": 0.005}
_PLANTED: Final[tuple[Fate, ...]] = ("MISSING", "LATE", "EXEMPT")
#: Late reports come on this day of the month after.
_LATE_DAY: Final = 24
_NOTES: Final = {
    "MISSING": "一直未报送 | never reported",
    "LATE": "逾期报送 | reported after the deadline",
    "NIL": "零报告 | nothing to report, and said so",
    "EXEMPT": "经批准免报 | exempt, with reason",
    "IN_TIME": "按时报送 | reported in time",
}


@dataclass(frozen=True, slots=True)
class Duty:
    """A division owes an obligation for a month. ``met_at``: when a report or nil was known; None where neither was."""

    division: str
    obligation: str  #: PROJECT, AWARD, INDICATOR
    month: date
    fate: Fate
    met_at: datetime | None

    @property
    def period(self) -> str:
        """The month as contracts write it."""
        return f"{self.month:%Y-%m}"

    @property
    def subject(self) -> str:
        """As matters name it."""
        return f"{self.division}/{self.obligation}/{self.period}"


def counties(size: Size) -> list[str]:
    """The counties of the year's cities, the first of each city first."""
    return in_turn(PROVINCE, size.first.year, size.cities)


def project_duties(generator: np.random.Generator, lives: list[ProjectLife], size: Size) -> list[Duty]:
    """What becomes of the counties' duty to report projects; takes away or puts off the reports where it is planted.

    Counties without projects say so (nil).
    """
    found = []
    by_county: dict[str, list[ProjectLife]] = {county: [] for county in counties(size)}
    for life in lives:
        by_county[life.project.county].append(life)
    able = [county for county, own in by_county.items() if own]
    chosen = fates(generator, [(county, month) for county in able for month in size.calendar])
    for county, own in by_county.items():
        for month in size.calendar:
            fate: Fate = chosen.get((county, month), "IN_TIME") if own else "NIL"
            found.append(Duty(county, "PROJECT", month, fate, _put_off(own, month, fate)))
    return found


def fates(generator: np.random.Generator, places: Sequence[tuple[str, date]]) -> dict[tuple[str, date], Fate]:
    """The planted fates of some of the places: each fate once at least."""
    found: dict[tuple[str, date], Fate] = {}
    order = generator.permutation(len(places))
    taken = 0
    for fate in _PLANTED:
        count = max(1, round(_SHARES[fate] * len(places)))
        for place in order[taken : taken + count]:
            found[places[int(place)]] = fate
        taken += count
    return found


def _put_off(own: Iterable[ProjectLife], month: date, fate: Fate) -> datetime | None:
    """Take away or put off the month's reports of these projects; when the first of them is known."""
    known = []
    for life in own:
        for version in list(life.reports):
            if version.event["month"] != f"{month:%Y-%m}":
                continue
            if fate in ("MISSING", "EXEMPT"):
                life.reports.remove(version)
                continue
            if fate == "LATE":
                later = late(month, version.known_from.hour, version.known_from.minute)
                version.known_from = max(version.known_from, later)
                version.event["reported_at"] = round(version.known_from.timestamp() * 1000)
            known.append(version.known_from)
    if not known and fate == "NIL":
        return _nil_at(month)
    return min(known, default=None)


def late(month: date, hour: int, minute: int) -> datetime:
    return moment((last_day(month) + timedelta(days=1)).replace(day=_LATE_DAY), hour, minute)


def _nil_at(month: date) -> datetime:
    return moment((last_day(month) + timedelta(days=1)).replace(day=3), 15)


def award_duties(generator: np.random.Generator, reported: set[tuple[str, date]], size: Size) -> list[Duty]:
    """What becomes of the counties' duty to report awards. ``reported``: counties and months with an award's report."""
    silent = [
        (county, month) for county in counties(size) for month in size.calendar if (county, month) not in reported
    ]
    chosen = fates(generator, silent)
    found = []
    for county in counties(size):
        for month in size.calendar:
            if (county, month) in reported:
                found.append(Duty(county, "AWARD", month, "IN_TIME", moment(last_day(month), 18)))
                continue
            fate = chosen.get((county, month), "NIL")
            met = {"NIL": _nil_at(month), "LATE": late(month, 15, 0)}.get(fate)
            found.append(Duty(county, "AWARD", month, fate, met))
    return found


def nil_events(duties: Iterable[Duty]) -> Iterator[dict[str, Any]]:
    """The statements that there is nothing to report, with their times."""
    for duty in duties:
        late_nil = duty.obligation == "AWARD" and duty.fate == "LATE"
        if duty.met_at is not None and (duty.fate == "NIL" or late_nil):
            yield {
                "division": duty.division,
                "revision": 1,
                "reported_at": round(duty.met_at.timestamp() * 1000),
                "source_ref": None,
                "obligation": duty.obligation,
                "period": duty.period,
                "reason": "本月无事项（模拟）",
                "reported_by": f"{division.name(duty.division)}（模拟）",
            }


def planted(duties: Iterable[Duty], size: Size) -> Iterator[Planted]:
    """Reports that were not there when their deadline was over."""
    for duty in duties:
        deadline = moment((last_day(duty.month) + timedelta(days=1)).replace(day=marks.REPORT_DAY + 1))
        if duty.fate in ("MISSING", "LATE") and deadline < moment(size.after):
            yield Planted(TOPIC, duty.subject, int(duty.division), "RED", deadline, duty.met_at, _NOTES[duty.fate])


def innocents(duties: Iterable[Duty], size: Size) -> Iterator[Innocent]:
    """Duties that were met, if only by saying that there is nothing, or from which the division was exempt."""
    for duty in duties:
        if duty.fate in ("NIL", "EXEMPT"):
            yield Innocent(
                TOPIC, duty.subject, int(duty.division), moment(duty.month), moment(size.after), _NOTES[duty.fate]
            )
