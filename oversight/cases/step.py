"""The one next thing that a judgement does to an open case, or nothing: a pure function, asked until it says nothing.

What stands is compared with what is known of the case, in this order: the case is given out; follows its subject to
another division; becomes graver or lighter; a finding that came back while being checked is returned; a finding that
is gone is checked and, once it rested long enough, closed; what is late is returned or goes up a level.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from huiliu.period import day_of
from oversight.cases import matters
from oversight.cases.case import Case
from oversight.cases.event import HUB, PROVINCE, CaseEvent
from oversight.cases.matters import Matter

LEVELS: Final = ("", "CITY", "PROVINCE", "LEADER")


def today(as_of: datetime) -> date:
    """The Shanghai day of a moment."""
    return day_of(int(as_of.timestamp() * 1000))


def next_event(case: Case, matter: Matter | None, judged: bool, as_of: datetime) -> CaseEvent | None:
    """What follows for an open case at ``as_of``.

    :param matter: what stands of the case's cause; None: nothing does.
    :param judged: whether the case's rule was evaluated: only then does "nothing stands" say anything.
    Raises CalendarUnknown where a date is beyond the calendar.
    """
    if case.state == "FOUND":
        return case.event(
            "ASSIGNED", HUB, as_of, "交办责任单位 | given to the division responsible", **given(case, as_of)
        )
    found = None
    if matter is not None:
        found = _standing(case, matter, as_of)
    elif judged:
        found = _absent(case, as_of)
    return found or _late(case, as_of)


def given(case: Case, as_of: datetime) -> dict[str, Any]:
    """What a directive sets: the division owns the case, has to answer by one day and to mend by another."""
    day, terms = today(as_of), case.terms
    answer_by, mend_by = terms.after(day, terms.days_to_answer), terms.after(day, terms.days_to_mend)
    return {
        "owner": case.division,
        "next_date": answer_by.isoformat(),
        "mend_by": mend_by.isoformat(),
        "level": "",
        "asked_until": None,
        "objected": False,
        "documented": False,
        "absent_since": None,
    }


def again(case: Case, as_of: datetime) -> dict[str, Any]:
    """What a return sets: the division owns the case again and has as long as for mending the first time."""
    told = given(case, as_of)
    return {**told, "next_date": told["mend_by"]}


def checking(case: Case, as_of: datetime, *, documented: bool) -> dict[str, Any]:
    """Who has to do what by when once a division has reported.

    Facts have as long to show it as the division had to mend it; a document that is owed has a day of the next month.
    """
    day, terms = today(as_of), case.terms
    if terms.verification == "DOCUMENT" and not documented:
        return {"owner": case.division, "next_date": terms.document_by(day).isoformat()}
    return {"owner": PROVINCE, "next_date": terms.after(day, terms.days_to_mend).isoformat()}


def _standing(case: Case, matter: Matter, as_of: datetime) -> CaseEvent | None:
    finding = matters.kept(matter)
    if finding["division"] != case.division:
        told = given(replace(case, division=finding["division"]), as_of)
        return case.event(
            "TRANSFERRED", HUB, as_of, "改由另一责任单位办理 | its division is another now", **finding, **told
        )
    change = matters.rank(finding["severity"]) - matters.rank(case.severity)
    if change:
        kind, why = ("WORSENED", "问题加重 | graver than before") if change > 0 else ("EASED", "问题减轻 | lighter now")
        return case.event(kind, HUB, as_of, why, **finding)
    if case.absent_since is not None:
        told = again(case, as_of) | {"came_back": today(as_of).isoformat()}
        return case.event("RETURNED", HUB, as_of, "核查期间问题再现 | found again while checked", **finding, **told)
    if case.state == "ACKNOWLEDGED":
        return case.event("RECTIFYING", HUB, as_of, "问题仍在，整改中 | still found, being mended")
    if case.state == "REPORTED" and not case.objected:
        return case.event("CHECKING", HUB, as_of, "已反馈，以数据核查 | reported, checked against the facts")
    return None


def _absent(case: Case, as_of: datetime) -> CaseEvent | None:
    """A finding that is gone closes the case: at once, after its rest where it flaps, with its document where owed."""
    if case.terms.verification == "DOCUMENT" and not case.documented:
        return None
    since = case.absent_since
    rested = _rest(case, since or as_of)
    if case.state != "CHECKING" or since is None:
        told = {"owner": PROVINCE, "next_date": max(rested, today(as_of)).isoformat(), "objected": False}
        moment = (since or as_of).astimezone(UTC).isoformat()
        why = "已查不到该问题，核查 | not found any more, checked"
        return case.event("CHECKING", HUB, as_of, why, **told, absent_since=moment, flips=len(case.returns))
    if today(as_of) < rested:
        return None
    basis = "DOCUMENT" if case.terms.verification == "DOCUMENT" else "FRESH_DATA"
    why = "新数据证实已整改 | fresh facts show it mended"
    if basis == "DOCUMENT":
        why = "材料已到且问题不再存在 | its document came and it is not found any more"
    return case.event("CLOSED", HUB, as_of, why, basis=basis, absent_since=None, flips=len(case.returns))


def _rest(case: Case, since: datetime) -> date:
    """The day from which a case that is not found any more may close: later where its cause keeps coming back."""
    damping, first = case.terms.damping, today(since)
    recent = [day for day in case.returns if day >= first - timedelta(days=damping.within_days)]
    return first + timedelta(days=damping.quiet_days if len(recent) >= damping.returns > 0 else 0)


def _late(case: Case, as_of: datetime) -> CaseEvent | None:
    day = today(as_of)
    if case.next_date is None or day <= case.next_date:
        return None
    owed = case.terms.verification == "DOCUMENT" and not case.documented
    if case.state == "CHECKING" and case.absent_since is None and not case.objected:
        if owed:
            why = "佐证材料逾期未到，原问题恢复 | its document missed its date, the finding returns"
            return case.event("RETURNED", HUB, as_of, why, **again(case, as_of))
        if case.terms.verification == "FRESH_DATA":
            why = "核查期满数据仍有该问题 | still found at the end of the check"
            return case.event("RETURNED", HUB, as_of, why, **again(case, as_of))
    if case.state == "REPORTED" and owed and not case.objected:
        return case.event("CHECKING", HUB, as_of, "材料期限已过 | the document's date has passed")
    return _up(case, day, as_of)


def _up(case: Case, day: date, as_of: datetime) -> CaseEvent | None:
    for step in case.terms.escalation:
        higher = LEVELS.index(step.to) > LEVELS.index(case.level)
        if higher and case.next_date is not None and day >= case.terms.after(case.next_date, step.overdue_days):
            why = f"逾期 {step.overdue_days} 日未办 | {step.overdue_days} days overdue"
            return case.event("ESCALATED", HUB, as_of, why, level=step.to, missed=case.next_date.isoformat())
    return None
