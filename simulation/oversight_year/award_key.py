"""The answer key of awards, counted award by award from what is reported of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any, Final

from simulation.awards import allowed
from simulation.oversight_year import marks
from simulation.oversight_year.award_lives import AwardLife, Scheme
from simulation.oversight_year.key import Innocent, Planted
from simulation.oversight_year.size import Size, moment
from simulation.oversight_year.spans import spans
from validators.policies import clause

OVER_CAP: Final = "award-over-cap"
STACKED: Final = "award-stacked"
PAID_LATE: Final = "award-paid-late"
OTHER_PAYEE: Final = "award-other-payee"
BASIS: Final = "award-basis"
_EPOCH: Final = date(1970, 1, 1)

States = list[tuple[datetime, str | None]]


def planted(lives: Iterable[AwardLife], size: Size) -> Iterator[Planted]:
    """Every span in which an award, or the awards of a project together, are not as they should be."""
    end = moment(size.after)
    for life in lives:
        note = life.scheme.note if life.scheme else "条款以内 | within its clause"
        for (topic, subject), states in _states(life).items():
            for span in spans(sorted(states, key=lambda state: state[0])):
                if span.opens_at < end:
                    county = int(life.awards[-1].county)
                    due = life.scheme is not None and life.scheme.topic == topic
                    yield Planted(topic, subject, county, "RED", span.opens_at, span.closes_at, note, due)


def innocents(lives: Iterable[AwardLife], size: Size) -> Iterator[Innocent]:
    """Those that look like one of the schemes."""
    for life in lives:
        scheme = life.scheme
        if scheme is not None and not scheme.guilty:
            yield Innocent(
                scheme.topic, _subject(life, scheme), int(life.awards[-1].county), moment(size.first),
                moment(size.after), scheme.note,
            )  # fmt: skip


def _subject(life: AwardLife, scheme: Scheme) -> str:
    award = life.awards[-1]
    if scheme.topic == STACKED and award.project is not None:
        return award.project.code
    return award.number


def _states(life: AwardLife) -> dict[tuple[str, str], States]:
    found: dict[tuple[str, str], States] = {}
    newest: dict[str, Mapping[str, Any]] = {}
    for report in life.reports:
        event, known = report.event, report.known_from
        newest[event["award_number"]] = event
        number = event["award_number"]
        for topic, broken in (
            (OVER_CAP, _over(event)),
            (OTHER_PAYEE, _other(life, event)),
            (BASIS, _basis(life, event)),
        ):
            found.setdefault((topic, number), []).append((known, "RED" if broken else None))
        project = event["project_code"]
        if project is not None and len(life.awards) > 1:
            found.setdefault((STACKED, project), []).append((known, "RED" if _stacked(newest.values()) else None))
        found.setdefault((PAID_LATE, number), []).extend(_late(life, event, known))
    return found


def _most(event: Mapping[str, Any]) -> int | None:
    terms = clause(event["policy"], event["clause"])
    return allowed(terms, event["basis"], event["payee_count"], uplift=event["uplift"])


def _over(event: Mapping[str, Any]) -> bool:
    """The award's own amount is above what its clause allows for its basis."""
    most = _most(event)
    return event["status"] != "RECOVERED" and most is not None and event["amount"] > most


def _stacked(events: Iterable[Mapping[str, Any]]) -> bool:
    """Several awards that stand (not recovered) are together above what the clause allows for one."""
    standing = [event for event in events if event["status"] != "RECOVERED"]
    limits = [most for most in map(_most, standing) if most is not None]
    return len(standing) > 1 and bool(limits) and sum(event["amount"] for event in standing) > max(limits)


def _other(life: AwardLife, event: Mapping[str, Any]) -> bool:
    """The clause pays the project's own enterprise, and the payee is another."""
    project = life.awards[-1].project
    own = clause(event["policy"], event["clause"]).payee == "enterprise"
    if project is None or not own or event["status"] == "RECOVERED":
        return False
    return bool(event["payee"] != project.enterprise.credit_code)


def _basis(life: AwardLife, event: Mapping[str, Any]) -> bool:
    """The basis is more than the equipment and software that the project reports."""
    project, kind = life.awards[-1].project, clause(event["policy"], event["clause"]).basis
    if project is None or kind not in ("equipment", "equipment+software") or event["status"] == "RECOVERED":
        return False
    reported = project.equipment + (project.software if kind != "equipment" else 0)
    return bool(event["basis"] > reported)


def _late(life: AwardLife, event: Mapping[str, Any], known: datetime) -> States:
    """Approved, and not paid when the term is over; until a report says that it is paid."""
    if event["status"] != "APPROVED":
        return [(known, None)]
    approved = _EPOCH + timedelta(days=event["approved_on"])
    due = moment(approved + timedelta(days=marks.PAID_WITHIN_DAYS + 1))
    later = [one.known_from for one in life.reports if one.event["award_number"] == event["award_number"]]
    after = min((at for at in later if at > known), default=None)
    return [(max(due, known), "RED")] if after is None or due < after else []
