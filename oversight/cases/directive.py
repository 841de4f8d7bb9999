"""What the province tells a division of a case (督办单): JSON by ``schemas/directive/1.json``.

One directive for each event that the division has to know of, and one for each answer of it that was refused. Its
identity is the event's, so that one sent twice is known as the same.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, Final

from huiliu import division
from oversight.cases import matters
from oversight.cases.answer import Answer, Refusal
from oversight.cases.case import Case
from oversight.cases.event import KINDS, CaseEvent
from oversight.errors import OversightError
from oversight.rule import Rule, Words
from oversight.wording import told
from schemas.topics import intake_topic

#: The version of the form.
FORM: Final = 1

#: Events that the division is told of.
TOLD: Final = (
    "ASSIGNED",
    "TRANSFERRED",
    "REOPENED",
    "RETURNED",
    "EXTENDED",
    "EXTENSION_REFUSED",
    "ESCALATED",
    "WORSENED",
    "CLOSED",
)

#: Of which actions an answer may consist, and in which states.
ACTIONS: Final[Mapping[str, tuple[str, ...]]] = {
    "ACKNOWLEDGE": ("ASSIGNED",),
    "REPORT": ("ASSIGNED", "ACKNOWLEDGED", "RECTIFYING", "REPORTED", "CHECKING"),
    "REQUEST_TIME": ("ASSIGNED", "ACKNOWLEDGED", "RECTIFYING"),
    "OBJECT": ("ASSIGNED", "ACKNOWLEDGED", "RECTIFYING", "REPORTED", "CHECKING"),
}

FindRule = Callable[[str, int], Rule]


def directives(event: CaseEvent, case: Case, rule: FindRule) -> list[dict[str, Any]]:
    """The directives of an event, as rows of the outbox; ``case`` as it stands after the event.

    One that went up is told to the city too.
    """
    if event.kind not in TOLD:
        return []
    city = division.city_of(case.division) if division.known(case.division) else case.division
    concerned = dict.fromkeys((case.division, str(city)) if case.level else (case.division,))
    return [_row(f"{event.number}-{event.sequence}-{to}", case, to, _body(event, case, rule)) for to in concerned]


def refused(place: tuple[str, int, int], answer: Answer, refusal: Refusal) -> dict[str, Any]:
    """What a division is told whose answer was refused: nothing of the case but the number that it gave."""
    topic, partition, offset = place
    body = {
        "directive": FORM,
        "kind": "ANSWER_REFUSED",
        "kind_text": {"zh": "反馈不予受理", "en": "answer refused"},
        "case": answer.case_number,
        "division": answer.division,
        "code": refusal.code,
        "text": {"zh": refusal.zh, "en": refusal.en},
        "mend": {"zh": refusal.mend_zh, "en": refusal.mend_en},
        "refused": {"topic": topic, "partition": partition, "offset": offset, "sequence": answer.sequence},
    }
    identity = f"{topic}-{partition}-{offset}"
    return {
        "identity": identity,
        "number": answer.case_number,
        "division": int(answer.division),
        "body": {**body, "identity": identity, "addressee": answer.division},
    }


def _row(identity: str, case: Case, to: str, body: dict[str, Any]) -> dict[str, Any]:
    return {
        "identity": identity,
        "number": case.number,
        "division": int(to),
        "body": {**body, "identity": identity, "addressee": to},
    }


def _body(event: CaseEvent, case: Case, rule: FindRule) -> dict[str, Any]:
    zh, en = KINDS[event.kind]
    return {
        "directive": FORM,
        "kind": event.kind,
        "kind_text": {"zh": zh, "en": en},
        "case": case.number,
        "sequence": event.sequence,
        "at": event.at.isoformat(),
        "by": event.actor,
        "reason": event.reason,
        "division": case.division,
        "state": case.state,
        "level": case.level,
        **words(case, rule),
        **{name: getattr(case, name) for name in ("subject", "period", "severity", "seen")},
        **{name: getattr(case, name) for name in ("value", "threshold", "unit")},
        "evidence": json.loads(case.evidence),
        "owner": case.owner,
        "next_date": case.next_date.isoformat() if case.next_date else None,
        "mend_by": case.mend_by.isoformat() if case.mend_by else None,
        "verification": case.terms.verification,
        "answer": _how(case) if case.open else None,
    }


def words(case: Case, rule: FindRule) -> dict[str, Any]:
    """The finding in words, by the rule's version; of a rule that is not among the files, what the case itself says."""
    try:
        found = rule(case.rule, case.version)
    except OversightError:
        plain = {"zh": f"{case.rule} {case.subject}", "en": f"{case.rule} {case.subject}"}
        return {"rule": {"code": case.rule, "version": case.version, "norm": ""}, "title": plain, "text": plain}
    said = told(found, matters.of(case))
    return {
        "rule": {"code": found.code, "version": found.version, "norm": found.norm},
        "title": _both(said.title),
        "text": _both(said.text),
        "mend": _both(said.mend),
        "responsible": _both(found.responsible),
    }


def _both(words: Words) -> dict[str, str]:
    return {"zh": words.zh, "en": words.en}


def _how(case: Case) -> dict[str, Any]:
    return {
        "kind": "response",
        "topic": intake_topic(case.division, "response"),
        "case_number": case.number,
        "sequence": max(case.answers, default=0) + 1,
        "actions": [action for action, states in ACTIONS.items() if case.state in states],
    }
