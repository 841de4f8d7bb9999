"""Projects of the synthetic year: what each reports month after month, and what of it is a matter.

A project that is planted follows a course (``courses``); all others keep within a few points of their plan.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

import numpy as np

from huiliu import division
from simulation.oversight_year.courses import COURSES, PLANNED_MONTHS, STEADY, CatchUp, Course
from simulation.oversight_year.size import Size, moment
from simulation.projects import Project, days, projects
from simulation.registry import Enterprise

_PLAN_DAYS: Final = round(PLANNED_MONTHS * 365.25 / 12)
_LONG_PLAN_DAYS: Final = 2922
_UNDER_WAY: Final = ("STARTED", "BUILDING", "STOPPED")
#: Of the projects that are not planted: how many are not under way at all.
_ELSEWHERE: Final = {"RESERVE": 0.06, "PRODUCING": 0.08, "CANCELLED": 0.02}
#: Share of the projects that take a planted course, once each course has been taken.
_PLANTED: Final = 0.16


@dataclass(slots=True)
class Version:
    """One report: the event, and when it was known."""

    known_from: datetime
    event: dict[str, Any]


@dataclass(slots=True)
class ProjectLife:
    """A project with its course and everything it reports, in the order of time."""

    project: Project
    course: Course
    begins: int  #: number of the month in which the steps of the course begin
    reports: list[Version]


def planned_share(start: date, completion: date, on: date) -> float:
    """Per cent of the time between start and completion that is over at the end of a day."""
    return 100.0 * min(1.0, max(0.0, ((on - start).days + 1) / ((completion - start).days + 1)))


def last_day(month: date) -> date:
    """The last day of a month."""
    return month.replace(day=calendar.monthrange(month.year, month.month)[1])


def lives(generator: np.random.Generator, firms: list[Enterprise], size: Size) -> list[ProjectLife]:
    """All projects; the first ones take the courses in turn, so that even a small year has each that fits into it."""
    fitting = [course for course in COURSES if course.least_months <= size.months]
    found = []
    for number, project in enumerate(projects(generator, firms, size.projects, size.first)):
        planted = number < len(fitting) or generator.random() < _PLANTED
        course = fitting[number % len(fitting)] if planted else STEADY
        latest = max(1, size.months - max(3, course.least_months))
        begins = int(generator.integers(0, latest)) if size.months > course.least_months else 0
        life = ProjectLife(project, course, begins, [])
        life.reports = list(_Reporter(life, size, generator).reports())
        found.append(life)
    return found


class _Reporter:
    """Writes the reports of one project."""

    def __init__(self, life: ProjectLife, size: Size, generator: np.random.Generator) -> None:
        self.life, self.project, self.course = life, life.project, life.course
        self.size, self.generator = size, generator
        self.pace = float(generator.uniform(0.97, 1.03))
        self.progress, self.entered = 0.0, ""

    def reports(self) -> Iterator[Version]:
        self._begin()
        before = _months_before(self.size.first, -2)
        yield Version(self._when(-99, before), self._event(before))
        for number, month in enumerate(self.size.calendar):
            self._advance(number - self.life.begins, month)
            yield Version(self._when(number, month), self._event(month))

    def _begin(self) -> None:
        project = self.project
        project.completed = None
        if self.course.name in ("not-started", "started-late"):
            project.start = _months_before(self.size.calendar[self.life.begins], -1).replace(day=10)
            project.completion = project.start + timedelta(days=_LONG_PLAN_DAYS)
            project.stage, project.started = "PRELIMINARY", None
        elif self.course is STEADY:
            self._settle()
        else:
            before = self.size.calendar[self.life.begins] - timedelta(days=1)
            project.start = before - timedelta(days=round(_PLAN_DAYS * self.course.begins / 100))
            project.completion = project.start + timedelta(days=_PLAN_DAYS)
            project.stage, project.started = "BUILDING", project.start + timedelta(days=3)
            self.pace = 1.0
            self.progress = planned_share(project.start, project.completion, self.size.first - timedelta(days=1))

    def _settle(self) -> None:
        """A project on plan: somewhere between its start and its completion, or not under way at all."""
        project, length = self.project, int(self.generator.integers(550, 1400))
        done = float(self.generator.uniform(0.03, 0.85))
        self.progress = round(100 * done * self.pace, 1)
        chance, stages = float(self.generator.random()), list(_ELSEWHERE)
        bounds = np.cumsum(list(_ELSEWHERE.values()))
        stage = stages[int(np.searchsorted(bounds, chance))] if chance < bounds[-1] else "BUILDING"
        project.stage = stage
        if stage == "RESERVE":
            project.start, project.started = self.size.after + timedelta(days=60), None
            self.progress = 0.0
        else:
            project.start = self.size.first - timedelta(days=round(length * done))
            project.started = project.start + timedelta(days=2)
        project.completion = project.start + timedelta(days=length)
        if stage == "PRODUCING":
            project.completion = self.size.first - timedelta(days=40)
            project.start = project.completion - timedelta(days=length)
            project.started, project.completed = project.start, project.completion - timedelta(days=10)
            self.progress = 100.0

    def _advance(self, step: int, month: date) -> None:
        """What the month brings; ``step`` counts from the month in which the course begins."""
        project, end = self.project, last_day(month)
        if project.stage in ("RESERVE", "PRODUCING", "CANCELLED") and self.course is STEADY:
            return
        if self.course.name in ("not-started", "started-late"):
            self._start_late(step, month)
            return
        planned = planned_share(project.start, project.completion, end)
        if self.course is STEADY or step < 0:
            self._reach(max(self.progress, min(100.0, planned * self.pace)), month)
            return
        self._stages(step)
        if step == self.course.replanned:
            self._replan(end)
            return
        before = planned_share(project.start, project.completion, month - timedelta(days=1))
        self._reach(self._after(step, planned, planned - before), month)

    def _after(self, step: int, planned: float, due: float) -> float:
        """Progress at the end of the step."""
        if step >= len(self.course.steps):
            return self.progress + (due if due > 0 else 100.0 / PLANNED_MONTHS)
        told = self.course.steps[step]
        if isinstance(told, CatchUp):
            return max(self.progress, told.share * planned)
        return self.progress + told * due

    def _stages(self, step: int) -> None:
        for number, stage in self.course.stages:
            if number == step:
                self.project.stage = stage

    def _replan(self, end: date) -> None:
        """The completion moves to where the straight line meets what is done."""
        project = self.project
        passed = (end - project.start).days + 1
        project.completion = project.start + timedelta(days=round(passed / (self.progress / 100)) - 1)

    def _reach(self, progress: float, month: date) -> None:
        project = self.project
        if project.stage in ("STOPPED", "CANCELLED"):
            return
        self.progress = min(100.0, progress)
        if self.progress >= 99.95 and project.stage != "PRODUCING":
            self.progress, project.completed = 100.0, project.completed or month + timedelta(days=19)
            project.stage = "PRODUCING" if project.stage == "COMPLETED" else "COMPLETED"

    def _start_late(self, step: int, month: date) -> None:
        """Planned for the 10th of the month before the course begins; started two and a half months later, or in the
        seventh month, and reported after that month's end.
        """
        project = self.project
        due = {"started-late": 1, "not-started": 6}[self.course.name]
        if step == due:
            project.stage, project.started = "STARTED", month + timedelta(days=23)
        if step >= due:
            planned = planned_share(project.start, project.completion, last_day(month))
            self._reach(max(self.progress, planned * 0.97), month)

    def _when(self, number: int, month: date) -> datetime:
        """Reports come on the 2nd to the 4th of the month after, late ones on the 24th."""
        after = last_day(month) + timedelta(days=1)
        late = number - self.life.begins in self.course.late
        day = 24 if late else int(self.generator.integers(2, 5))
        return moment(after.replace(day=day), int(self.generator.integers(8, 20)), int(self.generator.integers(60)))

    def _event(self, month: date) -> dict[str, Any]:
        project = self.project
        progress = round(self.progress, 1)
        told = project.report(month, self.generator)
        cumulative = int(project.planned * progress / 100)
        started = project.started is not None and project.stage not in ("RESERVE", "PRELIMINARY")
        return told | {
            "progress": progress,
            "cumulative_investment": cumulative,
            "actual_start": days(project.started) if started and project.started else None,
            "responsible_unit": f"{division.name(project.county)}经信局（模拟）",
        }


def _months_before(month: date, shift: int) -> date:
    number = month.year * 12 + month.month - 1 + shift
    return date(number // 12, number % 12 + 1, 1)


def steady(found: Sequence[ProjectLife]) -> list[ProjectLife]:
    """Those that are on plan all year."""
    return [life for life in found if life.course is STEADY]
