"""The answer key of projects, counted from their reports one by one with the thresholds of ``marks``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any, Final

from simulation.oversight_year import marks
from simulation.oversight_year.key import Innocent, Planted
from simulation.oversight_year.project_lives import ProjectLife, last_day, planned_share
from simulation.oversight_year.size import Size, moment
from simulation.oversight_year.spans import spans

BEHIND: Final = "project-behind"
NOT_STARTED: Final = "project-not-started"
_EPOCH: Final = date(1970, 1, 1)
#: Stages at which progress is owed.
_OWING: Final = ("PRELIMINARY", "STARTED", "BUILDING", "STOPPED")
#: Course that only looks like it, and the topic it must not be found under.
_LOOKS_LIKE: Final = {
    "near-yellow": BEHIND,
    "ahead": BEHIND,
    "stopped-resumed": BEHIND,
    "finished-early": BEHIND,
    "started-late": NOT_STARTED,
    "steady": BEHIND,
}


def planted(lives: Iterable[ProjectLife], size: Size) -> Iterator[Planted]:
    """Every span in which a project is behind, or not started. One that stands still falls behind like any other."""
    end = moment(size.after)
    for life in lives:
        for topic, states in _states(life).items():
            for span in spans(sorted(states, key=lambda state: state[0])):
                if span.opens_at < end:
                    project, note = life.project, life.course.note
                    yield Planted(
                        topic, project.code, int(project.county), span.severity, span.opens_at, span.closes_at, note
                    )


def innocents(lives: Iterable[ProjectLife], size: Size) -> Iterator[Innocent]:
    """The projects that are never behind, for the whole year.

    Not one whose report is missing or late: what it would have said is not known, so it may be a matter after all.
    """
    lives = list(lives)
    guilty = {(one.topic, one.subject) for one in planted(lives, size)}
    for life in lives:
        topic = _LOOKS_LIKE.get(life.course.name)
        if topic is not None and (topic, life.project.code) not in guilty:
            about = life.project
            yield Innocent(
                topic, about.code, int(about.county), moment(size.first), moment(size.after), life.course.note
            )


def _states(life: ProjectLife) -> dict[str, list[tuple[datetime, str | None]]]:
    found: dict[str, list[tuple[datetime, str | None]]] = {BEHIND: [], NOT_STARTED: []}
    before: str | None = None
    for version in life.reports:
        event = version.event
        before = _after(before, light(event), event["stage"])
        found[BEHIND].append((version.known_from, before))
    found[NOT_STARTED] = list(_not_started(life))
    return found


def _after(before: str | None, light: str | None, stage: str) -> str | None:
    """A red light turns yellow with the report that has caught up, and goes out with the next (温州瓯海)."""
    return "YELLOW" if before == "RED" and light is None and stage in _OWING else light


def light(event: Mapping[str, Any]) -> str | None:
    """YELLOW or RED where a project under construction is so many points behind its plan at the end of the month."""
    if event["stage"] not in _OWING:
        return None
    start, completion = _day(event["planned_start"]), _day(event["planned_completion"])
    behind = planned_share(start, completion, last_day(_month(event))) - event["progress"]
    if behind > marks.RED_POINTS:
        return "RED"
    return "YELLOW" if behind >= marks.YELLOW_POINTS else None


def _not_started(life: ProjectLife) -> Iterator[tuple[datetime, str | None]]:
    """From three months after the planned start on, until a report says that it has started."""
    after = [version.known_from for version in life.reports[1:]] + [None]
    for version, until in zip(life.reports, after, strict=True):
        event = version.event
        overdue = moment(_months_after(_day(event["planned_start"]), marks.NOT_STARTED_MONTHS))
        if event["stage"] not in ("RESERVE", "PRELIMINARY"):
            yield version.known_from, None
        elif until is None or overdue < until:
            yield max(version.known_from, overdue), "RED"


def _day(number: int) -> date:
    return _EPOCH + timedelta(days=number)


def _month(event: Mapping[str, Any]) -> date:
    return date.fromisoformat(f"{event['month']}-01")


def _months_after(day: date, shift: int) -> date:
    number = day.year * 12 + day.month - 1 + shift
    month = date(number // 12, number % 12 + 1, 1)
    return min(month + timedelta(days=day.day - 1), last_day(month))
