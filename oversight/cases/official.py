"""What officials of the province do to a case by hand: each an event with name and reason, or refused."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Final

from huiliu.language import text
from oversight.cases.case import Case, applied
from oversight.cases.errors import ActRefused, TransitionRefused
from oversight.cases.event import CaseEvent
from oversight.cases.step import LEVELS, again, given, today

#: The words of ``huiliu case`` by the event that they make.
ACTS: Final = {
    "return": "RETURNED",
    "extend": "EXTENDED",
    "refuse": "EXTENSION_REFUSED",
    "close": "CLOSED",
    "escalate": "ESCALATED",
    "reopen": "REOPENED",
}


def act(case: Case, word: str, by: str, reason: str, as_of: datetime, until: date | None = None) -> list[CaseEvent]:
    """The events of an act. Raises ActRefused, TransitionRefused, CalendarUnknown; then nothing is done.

    :param until: the new date of mending, of ``extend``; the date asked for where not told.
    """
    if word not in ACTS:
        raise ActRefused(text(f"没有“{word}”这一操作：{'、'.join(ACTS)}", f"no act {word!r}: {', '.join(ACTS)}"))
    if not by.strip() or not reason.strip():
        raise ActRefused(text("须写明经办人与理由", "an act needs a name and a reason"))
    at, kind = max(as_of, case.last_at), ACTS[word]
    if word == "close":
        return _closed(case, by, reason, at)
    event = case.event(kind, by, at, reason, **_sets(case, word, until, at))
    applied(case, event)
    return [event]


def _closed(case: Case, by: str, reason: str, at: datetime) -> list[CaseEvent]:
    events: list[CaseEvent] = []
    if case.open and case.state != "CHECKING":
        events.append(case.event("CHECKING", by, at, reason, objected=False))
        case = applied(case, events[0])
    events.append(case.event("CLOSED", by, at, reason, basis="OFFICIAL", absent_since=None))
    applied(case, events[-1])
    return events


def _sets(case: Case, word: str, until: date | None, at: datetime) -> dict[str, Any]:
    match word:
        case "return":
            return again(case, at)
        case "extend":
            return _extended(case, until, at)
        case "refuse":
            if case.asked_until is None:
                raise ActRefused(
                    text(f"事项 {case.number} 没有待答复的延期申请", f"nobody asked for more time for {case.number}")
                )
            return {"asked_until": None}
        case "escalate":
            return _higher(case)
        case _:
            return given(case, at) | {"came_back": today(at).isoformat()}


def _extended(case: Case, until: date | None, at: datetime) -> dict[str, Any]:
    until = until or case.asked_until
    if until is None:
        raise ActRefused(text("延至哪一天？请给出日期", "extended until when? Give the date"))
    if until < today(at):
        raise ActRefused(text(f"{until} 已经过去，延期须至今日以后", f"{until} is past: extend to a later day"))
    if case.mend_by is not None and until <= case.mend_by:
        raise ActRefused(
            text(f"{until} 不晚于现期限 {case.mend_by}", f"{until} is not later than the present date {case.mend_by}")
        )
    new = {"mend_by": until.isoformat(), "asked_until": None}
    return new if case.state == "ASSIGNED" else new | {"next_date": until.isoformat()}


def _higher(case: Case) -> dict[str, Any]:
    if not case.open:
        raise TransitionRefused(case.number, "ESCALATED", case.state)
    if case.level == LEVELS[-1]:
        raise ActRefused(
            text(f"事项 {case.number} 已到最高一级", f"case {case.number} is at the highest level already")
        )
    return {"level": LEVELS[LEVELS.index(case.level) + 1]}
