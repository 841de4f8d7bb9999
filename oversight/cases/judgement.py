"""A judgement: what stands at a moment against the cases that are known, and the events that follow.

The same cases, matters and moment give the same events, and a judgement made again after its events were applied
gives none: each case is asked for its next event until it has none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

import polars as pl

from huiliu.division import province_of
from oversight.cases import matters, terms
from oversight.cases.case import Case, applied
from oversight.cases.event import HUB, PROVINCE, CaseEvent
from oversight.cases.matters import Matter
from oversight.cases.step import given, next_event, today
from oversight.errors import CalendarUnknown, OversightError
from oversight.rule import Rule
from oversight.standing import gravest

#: More events than any case has in one judgement; a case that wants more goes round in circles.
_MOST: Final = 32

#: Serials given so far, by division and year.
Serials = Mapping[tuple[str, int], int]


@dataclass(frozen=True, slots=True)
class NotJudged:
    """A cause that could not be judged: nothing of it is done, the others are."""

    cause: str
    reason: str


@dataclass(frozen=True, slots=True)
class Judged:
    """The events that follow, in order of cause, and what could not be judged."""

    events: tuple[CaseEvent, ...]
    refused: tuple[NotJudged, ...] = ()


def judge(
    cases: Iterable[Case],
    standing: pl.DataFrame,
    rules: Iterable[Rule],
    as_of: datetime,
    serials: Serials | None = None,
) -> Judged:
    """What follows at ``as_of`` (UTC).

    :param cases: the open cases, and the newest closed one of each cause (older ones are left aside).
    :param standing: ``oversight.matter.MATTER`` rows that stand; several of one cause count as the gravest.
    :param rules: those that were evaluated for ``standing``. A case of another rule keeps its dates and is not
        closed: that nothing was found says nothing where nobody looked.
    :param serials: the last number given per division and year; from ``cases`` where not told.
    """
    evaluated = {rule.code: rule for rule in rules}
    cases = tuple(cases)
    known = _newest(cases)
    found = {row["cause"]: row for row in gravest(standing).iter_rows(named=True)}
    number = _numbering(serials if serials is not None else last_serials(cases))
    events: list[CaseEvent] = []
    refused: list[NotJudged] = []
    for cause in sorted({*found, *(cause for cause, case in known.items() if case.open)}):
        case, matter = known.get(cause), found.get(cause)
        if case is not None and case.last_at > as_of:
            continue  # a judgement of before says nothing about what happened since
        try:
            events += _follow(case, matter, evaluated, as_of, number)
        except CalendarUnknown as fault:
            refused.append(NotJudged(cause, str(fault)))
    return Judged(tuple(events), tuple(refused))


def last_serials(cases: Iterable[Case]) -> dict[tuple[str, int], int]:
    """The highest number given per division and year."""
    last: dict[tuple[str, int], int] = {}
    for case in cases:
        _, division, year, serial = case.number.split("-")
        place = division, int(year)
        last[place] = max(last.get(place, 0), int(serial))
    return last


def _newest(cases: Iterable[Case]) -> dict[str, Case]:
    """The case of each cause: the open one, else that in which something happened last."""
    newest: dict[str, Case] = {}
    for case in sorted(cases, key=lambda case: (case.open, case.last_at, case.number)):
        former = newest.get(case.cause)
        if former is not None and former.open:
            raise OversightError(f"two cases of one cause are open: {former.number}, {case.number} ({case.cause})")
        newest[case.cause] = case
    return newest


def _numbering(serials: Serials) -> Callable[[str, int], str]:
    last = dict(serials)

    def number(division: str, year: int) -> str:
        """``DB-<division>-<year>-<serial>``."""
        last[division, year] = last.get((division, year), 0) + 1
        return f"DB-{division}-{year}-{last[division, year]:06}"

    return number


def _follow(
    case: Case | None,
    matter: Matter | None,
    evaluated: Mapping[str, Rule],
    as_of: datetime,
    number: Callable[[str, int], str],
) -> list[CaseEvent]:
    events: list[CaseEvent] = []
    if case is None or not case.open:
        if matter is None or (case is not None and _settled(case, matter)):
            return []
        if case is not None and _recurs(case, as_of):
            events.append(_reopened(case, matter, as_of))
        else:
            rule = evaluated[matter["rule"]]
            terms.of(rule).after(today(as_of), max(rule.days_to_answer, rule.days_to_mend))  # refused before numbered
            events.append(_opened(matter, rule, as_of, number))
            case = None
        case = applied(case, events[-1])
    while case.open and (event := next_event(case, matter, case.rule in evaluated, as_of)):
        case = applied(case, event)
        events.append(event)
        if len(events) > _MOST:
            raise OversightError(f"case {case.number} does not come to rest: {[one.kind for one in events]}")
    return events


def _settled(case: Case, matter: Matter) -> bool:
    """Whether an official closed the case over this very finding: it has stood since before, no graver than then."""
    if case.basis != "OFFICIAL" or case.closed_at is None:
        return False
    return matter["seen"] <= case.closed_at and matters.rank(matter["severity"]) <= matters.rank(case.severity)


def _recurs(case: Case, as_of: datetime) -> bool:
    if case.closed_at is None:
        return False
    return today(as_of) <= today(case.closed_at) + timedelta(days=case.terms.recurrence_days)


def _opened(matter: Matter, rule: Rule, as_of: datetime, number: Callable[[str, int], str]) -> CaseEvent:
    division = matters.division(matter)
    day = today(as_of)
    data = {
        "cause": matter["cause"],
        "family": rule.family,
        "terms": terms.of(rule).as_json(),
        **matters.kept(matter),
        "owner": PROVINCE,
        "next_date": day.isoformat(),
        "province": province_of(division),
    }
    return CaseEvent(number(division, day.year), 1, "FOUND", HUB, as_of, "规则发现问题 | found by a rule", data)


def _reopened(case: Case, matter: Matter, as_of: datetime) -> CaseEvent:
    finding = matters.kept(matter)
    told = given(replace(case, division=finding["division"]), as_of)
    back = today(as_of).isoformat()
    days = case.terms.recurrence_days
    why = f"销号后 {days} 日内复发 | found again within {days} days of closing"
    return case.event("REOPENED", HUB, as_of, why, **finding, **told, came_back=back)
