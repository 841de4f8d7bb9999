"""Cases kept in the warehouse: each function is one step within the caller's transaction, all of it or nothing.

1. Lock: one writer at a time changes cases. 2. Read the events, fold them. 3. Ask the pure core what follows. 4. Append
its events, the states that they make and the directives to divisions. The caller commits.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final

import polars as pl

from oversight.cases import directive
from oversight.cases.answer import Answer, Answered, Refusal, respond
from oversight.cases.case import Case, applied, fold
from oversight.cases.errors import ActRefused
from oversight.cases.event import CaseEvent
from oversight.cases.judgement import Judged, judge
from oversight.cases.official import act
from oversight.cases.step import today
from oversight.errors import CalendarUnknown
from oversight.rule_files import Rules
from sinks import cases
from sinks.warehouse import Connection

#: How long a closed case may be found to recur, days: no rule says more.
_RECURRENCE: Final = 366

Place = tuple[str, int, int]  #: topic, partition, offset of an answer's record


def known(connection: Connection, as_of: datetime) -> list[Case]:
    """All open cases, and of each cause the newest closed one that may still recur."""
    return _folded(cases.current(connection, as_of - timedelta(days=_RECURRENCE)))


def case_of(connection: Connection, number: str) -> Case | None:
    """One case; None where there is none of this number."""
    return next(iter(_folded(cases.events(connection, [number]))), None)


def events_of(connection: Connection, number: str) -> list[CaseEvent]:
    """What happened to a case, in order."""
    return [CaseEvent(**row) for row in cases.events(connection, [number])]


def judge_kept(connection: Connection, rules: Rules, standing: pl.DataFrame, as_of: datetime) -> Judged:
    """Judge what stands at ``as_of`` by the rules in force then, against the cases that are kept; keep what follows."""
    cases.lock(connection)  # 1.
    before = known(connection, as_of)  # 2.
    in_force = rules.in_force(today(as_of))
    judged = judge(before, standing, in_force, as_of, cases.serials(connection))  # 3.
    _keep(connection, judged.events, {case.number: case for case in before}, rules)  # 4.
    if judged.events or judged.refused:
        refused = [{"cause": one.cause, "reason": one.reason} for one in judged.refused]
        cases.judged(
            connection,
            {
                "as_of": as_of,
                "rules": len(in_force),
                "matters": standing.height,
                "events": len(judged.events),
                "refused": refused,
            },
        )
    return judged


def not_judged(connection: Connection, reason: str, as_of: datetime) -> None:
    """Record that nothing could be judged at ``as_of``, and why."""
    refused = [{"cause": "", "reason": reason}]
    cases.judged(connection, {"as_of": as_of, "rules": 0, "matters": 0, "events": 0, "refused": refused})


def answer_kept(connection: Connection, place: Place, answer: Answer, as_of: datetime, rules: Rules) -> Answered:
    """Take an answer whose record is at ``place``: apply it, or record why not. One that was taken before: nothing."""
    cases.lock(connection)  # 1.
    if cases.answer_known(connection, *place):
        return Answered()
    case = case_of(connection, answer.case_number)  # 2.
    answered = _responded(case, answer, as_of)  # 3.
    _keep(connection, answered.events, {case.number: case} if case else {}, rules)  # 4.
    cases.answered(connection, _answer_row(place, answer, answered, as_of))
    if answered.refusal:
        cases.tell(connection, [directive.refused(place, answer, answered.refusal)])
    return answered


def act_kept(
    connection: Connection,
    number: str,
    word: str,
    by: str,
    reason: str,
    as_of: datetime,
    rules: Rules,
    until: date | None = None,
) -> Case:
    """An official's act; the case after it. Raises ActRefused, TransitionRefused, CalendarUnknown."""
    cases.lock(connection)  # 1.
    case = case_of(connection, number)  # 2.
    if case is None:
        raise ActRefused.unknown(number)
    if word == "reopen":
        twin = next((one for one in known(connection, as_of) if one.cause == case.cause and one.open), None)
        if twin is not None and twin.number != number:
            raise ActRefused.twin(number, twin.number)
    events = act(case, word, by, reason, as_of, until)  # 3.
    return _keep(connection, events, {number: case}, rules)[number]  # 4.


def _responded(case: Case | None, answer: Answer, as_of: datetime) -> Answered:
    try:
        return respond(case, answer, as_of)
    except CalendarUnknown as fault:
        later = "待节假日安排公布后重报", "send it again once the calendar of that year is known"
        return Answered(refusal=Refusal("CASE-CALENDAR", str(fault), str(fault), *later))


def _folded(rows: Iterable[Mapping[str, Any]]) -> list[Case]:
    by_number: dict[str, list[CaseEvent]] = defaultdict(list)
    for row in rows:
        by_number[row["number"]].append(CaseEvent(**row))
    return [fold(events) for events in by_number.values()]


def _keep(
    connection: Connection, events: Sequence[CaseEvent], before: Mapping[str, Case], rules: Rules
) -> dict[str, Case]:
    after: dict[str, Case] = dict(before)
    changed: dict[str, None] = {}
    told: list[dict[str, Any]] = []
    for event in events:
        after[event.number] = applied(after.get(event.number), event)
        changed[event.number] = None
        told += directive.directives(event, after[event.number], rules.rule)
    happened = [
        {name: getattr(event, name) for name in ("number", "sequence", "kind", "actor", "at", "reason")}
        | {"data": dict(event.data)}
        for event in events
    ]
    cases.append(connection, [_state_row(after[number]) for number in changed], happened)
    cases.tell(connection, told)
    return after


_SAME: Final = (
    *("number", "cause", "rule", "version", "subject", "period", "severity", "state", "owner", "next_date", "mend_by"),
    *("asked_until", "level", "basis", "events", "opened_at", "last_at", "closed_at"),
)


def _state_row(case: Case) -> dict[str, Any]:
    row = {name: getattr(case, name) for name in _SAME}
    return row | {"division": int(case.division), "returns": len(case.returns)}


def _answer_row(place: Place, answer: Answer, answered: Answered, as_of: datetime) -> dict[str, Any]:
    refusal = answered.refusal
    outcome = "REFUSED" if refusal else "APPLIED" if answered.events else "AGAIN"
    return {
        **dict(zip(("topic", "partition", "offset"), place, strict=True)),
        "number": answer.case_number,
        "sequence": answer.sequence,
        "division": int(answer.division),
        "action": answer.action,
        "outcome": outcome,
        "code": refusal.code if refusal else None,
        "refusal": {"zh": refusal.zh, "en": refusal.en} if refusal else None,
        "at": as_of,
    }


def rebuilt(connection: Connection, numbers: Sequence[str]) -> list[str]:
    """The numbers of cases whose kept state is not the fold of their events: none, unless somebody wrote beside us."""
    rows = {row["number"]: row for row in cases.listed(connection, closed=True, limit=1 << 30)}
    folded = {case.number: _state_row(case) for case in _folded(cases.events(connection, numbers))}
    return [number for number in numbers if rows.get(number) != folded.get(number)]
