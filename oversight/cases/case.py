"""A case as it stands: the fold of its events and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, Final

from oversight.cases import terms
from oversight.cases.errors import TransitionRefused
from oversight.cases.event import STATES, CaseEvent
from oversight.cases.terms import Terms
from oversight.cases.transitions import allowed, leads_to


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One case. Dates are Shanghai's days, moments UTC; ``owner`` is ``PROVINCE`` or a division's code.

    An open case has an owner and a next date; a closed one has neither.
    """

    number: str
    state: str
    cause: str
    family: str
    terms: Terms
    events: int  #: how many; the sequence of the last
    opened_at: datetime
    last_at: datetime
    closed_at: datetime | None = None
    rule: str = ""
    version: int = 0
    division: str = ""
    subject: str = ""
    period: str = ""
    severity: str = ""
    seen: str = ""
    value: float | None = None
    threshold: float | None = None
    unit: str = ""
    evidence: str = "[]"  #: of the finding, JSON as detectors give it
    owner: str = ""
    next_date: date | None = None
    mend_by: date | None = None
    level: str = ""  #: how far up it went: CITY, PROVINCE, LEADER
    asked_until: date | None = None  #: an extension that the province has not answered
    objected: bool = False
    documented: bool = False  #: a document came since it was last given to the division
    absent_since: datetime | None = None  #: the finding is not found any more since then
    returns: tuple[date, ...] = ()  #: the days on which the cause came back
    basis: str = ""  #: of closing: FRESH_DATA, DOCUMENT or OFFICIAL
    answers: Mapping[int, str] = field(default_factory=dict)  #: digest of each answer taken, by its sequence
    documents: Mapping[str, str] = field(default_factory=dict)  #: SHA-256 by the name of the file

    @property
    def open(self) -> bool:
        """Whether anybody has to do something."""
        return self.state != "CLOSED"

    def event(self, kind: str, actor: str, at: datetime, reason: str, /, **data: Any) -> CaseEvent:
        """The next event of this case."""
        return CaseEvent(self.number, self.events + 1, kind, actor, at, reason, data)


def _day(value: str | None) -> date | None:
    return date.fromisoformat(value) if value else None


def _moment(value: str | None) -> datetime | None:
    return datetime.fromisoformat(value) if value else None


#: What ``data`` of an event may set, with the reading of it; other entries are what the event rests on.
_SET: Final[Mapping[str, Callable[[Any], Any]]] = {
    **dict.fromkeys(("rule", "division", "subject", "period", "severity", "seen", "unit", "evidence"), str),
    **dict.fromkeys(("owner", "level", "basis"), str),
    **dict.fromkeys(("next_date", "mend_by", "asked_until"), _day),
    **dict.fromkeys(("objected", "documented"), bool),
    "version": int,
    "value": lambda value: value,
    "threshold": lambda value: value,
    "absent_since": _moment,
}


def applied(case: Case | None, event: CaseEvent) -> Case:
    """The case after an event. Raises TransitionRefused; then nothing of the event holds."""
    state = case.state if case else ""
    if not allowed(event.kind, state):
        raise TransitionRefused(event.number, event.kind, state)
    if case is None:
        case = _opened(event)
    if (event.number, event.sequence) != (case.number, case.events + 1) or event.at < case.last_at:
        raise TransitionRefused(event.number, event.kind, state, event)
    return _with(case, event, leads_to(event.kind, state))


def fold(events: Iterable[CaseEvent]) -> Case:
    """The case that these events, in order, make. Raises TransitionRefused, ValueError where there is none."""
    case: Case | None = None
    for event in events:
        case = applied(case, event)
    if case is None:
        raise ValueError("a case without events")
    return case


def _opened(event: CaseEvent) -> Case:
    told = event.data
    return Case(
        number=event.number,
        state="",
        cause=told["cause"],
        family=told["family"],
        terms=terms.from_json(told["terms"]),
        events=0,
        opened_at=event.at,
        last_at=event.at,
    )


def _with(case: Case, event: CaseEvent, state: str) -> Case:
    told = event.data
    changes: dict[str, Any] = {name: read(told[name]) for name, read in _SET.items() if name in told}
    if "answer" in told:
        changes["answers"] = {**case.answers, told["answer"]["sequence"]: told["answer"]["digest"]}
    if "documents" in told:
        changes["documents"] = {**case.documents, **told["documents"]}
    if "came_back" in told:
        changes["returns"] = (*case.returns, date.fromisoformat(told["came_back"]))
    if event.kind == "CLOSED":
        changes |= {"closed_at": event.at, "owner": "", "next_date": None, "asked_until": None}
    elif event.kind == "REOPENED":
        changes |= {"closed_at": None, "basis": ""}
    return replace(case, state=state, events=event.sequence, last_at=event.at, **changes)


def words(state: str) -> tuple[str, str]:
    """A state in Chinese and English."""
    return STATES.get(state, ("无", "none"))
