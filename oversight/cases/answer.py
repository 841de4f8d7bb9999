"""Answers of divisions (``response`` events) to their cases: applied or refused with the reason, never in part."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from huiliu.division import city_of, known, within
from oversight.cases.case import Case, applied, words
from oversight.cases.errors import TransitionRefused
from oversight.cases.event import PROVINCE, CaseEvent, canonical
from oversight.cases.step import checking, today

_SHA256: Final = re.compile(r"[0-9a-f]{64}")
_FIELDS: Final = ("division", "case_number", "sequence", "action", "text", "responsible_person")


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A ``response`` event. ``evidence``: ``name``, ``sha256`` (hexadecimal), ``media_type``, ``size`` (bytes)."""

    division: str
    case_number: str
    sequence: int
    action: str
    text: str = ""
    revision: int = 1
    requested_until: date | None = None
    responsible_person: str | None = None
    evidence: tuple[Mapping[str, Any], ...] = ()

    @property
    def digest(self) -> str:
        """SHA-256 of what it says: the same answer sent twice has the same, whatever its revision and time."""
        said = {name: getattr(self, name) for name in _FIELDS}
        said["requested_until"] = self.requested_until.isoformat() if self.requested_until else None
        said["evidence"] = [dict(piece) for piece in self.evidence]
        return hashlib.sha256(canonical(said)).hexdigest()

    @property
    def documents(self) -> dict[str, str]:
        """SHA-256 by the name of the file."""
        return {piece["name"]: piece["sha256"].lower() for piece in self.evidence}


def read(record: Mapping[str, Any]) -> Answer:
    """The answer in a decoded ``response`` record (``schemas/avro/response``)."""
    return Answer(
        division=record["division"],
        case_number=record["case_number"],
        sequence=record["sequence"],
        action=record["action"],
        text=record["text"],
        revision=record["revision"],
        requested_until=record["requested_until"],
        responsible_person=record["responsible_person"],
        evidence=tuple(record["evidence"]),
    )


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why an answer changes nothing: a stable code, the reason and how to mend it, in both languages."""

    code: str
    zh: str
    en: str
    mend_zh: str
    mend_en: str


@dataclass(frozen=True, slots=True)
class Answered:
    """The events of an answer; or the refusal; or neither, where it was taken before."""

    events: tuple[CaseEvent, ...] = ()
    refusal: Refusal | None = None


class _Refused(Exception):  # noqa: N818 (carries the refusal to the one place that gives it back)
    def __init__(self, code: str, zh: str, en: str, mend_zh: str, mend_en: str) -> None:
        self.refusal = Refusal(code, zh, en, mend_zh, mend_en)
        super().__init__(code)


def respond(case: Case | None, answer: Answer, as_of: datetime) -> Answered:
    """What an answer does to the case of its number (None: there is none) when it arrives at ``as_of`` (UTC).

    Raises CalendarUnknown where the date that follows lies beyond the calendar.
    """
    try:
        if case is None:
            raise _Refused(
                "CASE-UNKNOWN",
                f"没有督办编号 {answer.case_number}",
                f"there is no case {answer.case_number}",
                "照抄督办单上的编号",
                "copy the number from the directive",
            )
        _of_this_division(case, answer)
        if _taken(case, answer):
            return Answered()
        _in_order(case, answer)
        _same_files(case, answer)
        return Answered(_events(case, answer, max(as_of, case.last_at)))
    except _Refused as refused:
        return Answered(refusal=refused.refusal)
    except TransitionRefused as fault:
        state_zh, state_en = words(fault.state)
        return Answered(
            refusal=Refusal(
                "CASE-STATE",
                f"事项 {answer.case_number} 处于“{state_zh}”，不能接受 {answer.action}",
                f"case {answer.case_number} is {state_en}: it cannot take {answer.action}",
                "以最新督办单为准，按其所列方式反馈",
                "answer the newest directive in one of the ways that it names",
            )
        )


def _of_this_division(case: Case, answer: Answer) -> None:
    """The division of the case answers; its city too, once the case was escalated to it."""
    city = str(city_of(case.division)) if known(case.division) and case.level else case.division
    if answer.division not in (case.division, city):
        # whose case it is stays untold to others, unless theirs is the wider division
        theirs = case.division if within(case.division, answer.division) else "……"
        raise _Refused(
            "CASE-DIVISION",
            f"事项 {case.number} 的责任单位不是 {answer.division}（应为 {theirs}）",
            f"case {case.number} is not one of division {answer.division} (but of {theirs})",
            "由督办单所列责任单位反馈",
            "let the division that the directive names answer",
        )


def _taken(case: Case, answer: Answer) -> bool:
    mark = case.answers.get(answer.sequence)
    return mark is not None and mark.partition(":")[2] == answer.digest


def _in_order(case: Case, answer: Answer) -> None:
    if not case.open:
        raise _Refused(
            "CASE-CLOSED",
            f"事项 {case.number} 已销号",
            f"case {case.number} is closed",
            "无需反馈；如问题再现将重开并另发督办单",
            "nothing is to be answered; a case that is reopened comes with a new directive",
        )
    last = max(case.answers, default=0)
    mark = case.answers.get(answer.sequence)
    corrects = mark is not None and answer.sequence == last and answer.revision > int(mark.partition(":")[0])
    if answer.sequence <= last and not corrects:
        raise _Refused(
            "CASE-SEQUENCE",
            f"序号 {answer.sequence} 不大于已收到的 {last}",
            f"sequence {answer.sequence} is not above {last}, which was taken already",
            f"使用序号 {last + 1}",
            f"use sequence {last + 1}",
        )


def _same_files(case: Case, answer: Answer) -> None:
    seen = dict(case.documents)
    for piece in answer.evidence:
        name, digest = piece["name"], str(piece["sha256"]).lower()
        if not _SHA256.fullmatch(digest):
            raise _Refused(
                "CASE-EVIDENCE",
                f"佐证材料“{name}”的 SHA-256 不是 64 位十六进制数",
                f"the SHA-256 of {name!r} is not 64 hexadecimal digits",
                "对文件原文计算 SHA-256",
                "compute the SHA-256 of the file itself",
            )
        if seen.setdefault(name, digest) != digest:
            raise _Refused(
                "CASE-EVIDENCE",
                f"佐证材料“{name}”的 SHA-256 与先前所报不同（{seen[name][:12]}… 与 {digest[:12]}…）",
                f"the SHA-256 of {name!r} differs from what was told before ({seen[name][:12]}… and {digest[:12]}…)",
                "文件改动后另取文件名报送",
                "a changed file is sent under another name",
            )


def _events(case: Case, answer: Answer, at: datetime) -> tuple[CaseEvent, ...]:
    """A report, a request or an objection signs for the directive too, where its signature was lost."""
    events: list[CaseEvent] = []
    kinds = [_KIND[answer.action]]
    if case.state == "ASSIGNED" and kinds != ["ACKNOWLEDGED"]:
        kinds.insert(0, "ACKNOWLEDGED")
    for kind in kinds:
        data: dict[str, Any] = _sets(case, kind, answer, at)
        if kind == kinds[-1]:
            mark = f"{answer.revision}:{answer.digest}"
            data |= {"answer": {"sequence": answer.sequence, "digest": mark, "action": answer.action}}
            if answer.evidence:
                data["documents"] = answer.documents
            if answer.responsible_person:
                data["responsible_person"] = answer.responsible_person
        event = case.event(kind, answer.division, at, answer.text, **data)
        case = applied(case, event)
        events.append(event)
    return tuple(events)


_KIND: Final = {
    "ACKNOWLEDGE": "ACKNOWLEDGED",
    "REPORT": "REPORTED",
    "REQUEST_TIME": "EXTENSION_ASKED",
    "OBJECT": "OBJECTED",
}


def _sets(case: Case, kind: str, answer: Answer, at: datetime) -> dict[str, Any]:
    match kind:
        case "ACKNOWLEDGED":
            return {"next_date": (case.mend_by or today(at)).isoformat()}
        case "REPORTED":
            documented = case.documented or bool(answer.evidence)
            return {
                "documented": documented,
                "objected": False,
                "asked_until": None,
                **checking(case, at, documented=documented),
            }
        case "OBJECTED":
            until = case.terms.after(today(at), case.terms.days_to_answer)
            return {"objected": True, "asked_until": None, "owner": PROVINCE, "next_date": until.isoformat()}
        case _:
            return {"asked_until": _later(case, answer.requested_until, today(at)).isoformat()}


def _later(case: Case, until: date | None, day: date) -> date:
    if until is None or until < day or (case.mend_by is not None and until <= case.mend_by):
        raise _Refused(
            "CASE-UNTIL",
            f"申请延期至 {until or '（空）'}，须晚于今日与现期限 {case.mend_by}",
            f"more time is asked until {until}, which must lie after today and after the present date {case.mend_by}",
            "填写晚于现期限的日期",
            "give a date later than the present one",
        )
    return until
