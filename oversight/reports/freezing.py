"""Freezing a report: everything is read in one state of the warehouse, and made into sections by pure functions.

1. The moment: that at which the transaction sees the warehouse, or an earlier one that was asked for.
2. Facts of the period and of the one before, as known at the moment.
3. The same totals from elsewhere, as control.
4. Sections, clocks and positions; figures that differ from their control total stop the report.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from itertools import groupby
from typing import Final

import polars as pl

from huiliu.language import text
from huiliu.period import SHANGHAI, Period
from oversight.cases.case import fold
from oversight.cases.event import CaseEvent
from oversight.errors import CalendarUnknown
from oversight.facts import given
from oversight.obligations import duty_files
from oversight.obligations.known import owed
from oversight.obligations.states import states
from oversight.reports.errors import ReportError
from oversight.reports.facts import Controls, Facts
from oversight.reports.section import Section
from oversight.reports.sections import (
    assessment,
    awards,
    cases,
    connected,
    effectiveness,
    exceedances,
    indicators,
    lights,
    obligations,
    projects,
    records,
)
from oversight.reports.snapshot import Clocks, Kind, Snapshot, controlled
from oversight.rule_files import Rules, shipped
from oversight.standing import found, gravest
from oversight.transmission.assessment import Scope, assess, registered_within
from oversight.transmission.windows import Windows, requirement
from sinks import oversight_facts, report_figures
from sinks.warehouse import Connection

#: Called with what is being read and how many of how many steps are done.
Told = Callable[[str, int, int], None]

STEPS: Final = 6


@dataclass(frozen=True, slots=True)
class Asked:
    """Which report. ``as_of``: None for now. ``rules``: those of oversight that are in use."""

    kind: Kind
    province: str
    period: Period
    as_of: datetime | None = None
    rules: Rules = field(default_factory=shipped)


def freeze(connection: Connection, asked: Asked, windows: Windows, told: Told = lambda *_: None) -> Snapshot:
    """The snapshot of a report. Raises ReportError (a period yet to begin, a moment to come), ControlDiffers."""
    present = report_figures.moment(connection)
    at = present if asked.as_of is None else asked.as_of.astimezone(UTC)  # 1
    _refuse(asked, at, present)
    told(text("读取本期数据", "reading this period"), 0, STEPS)
    now = facts(connection, asked, asked.period, at, windows)  # 2
    told(text("读取上期数据", "reading the last period"), 2, STEPS)
    before = facts(connection, asked, asked.period.previous(), at, windows)
    told(text("由明细重算控制总数", "adding up control totals from the facts"), 4, STEPS)
    controls = _controls(connection, asked, at)  # 3
    told(text("冻结快照", "freezing the snapshot"), 5, STEPS)
    snapshot = Snapshot(
        kind=asked.kind,
        province=asked.province,
        period=asked.period,
        as_of=at.astimezone(SHANGHAI).isoformat(timespec="microseconds"),
        clocks=_clocks(connection, asked, now, at),
        sections=made(now, before, controls),
        positions=tuple(report_figures.positions(connection, at).iter_rows()),
    )
    told(text("冻结快照", "freezing the snapshot"), STEPS, STEPS)
    return controlled(snapshot)  # 4


def _refuse(asked: Asked, at: datetime, present: datetime) -> None:
    if at > present:
        raise ReportError(
            text(
                f"--as-of {at.astimezone(SHANGHAI).isoformat()} 尚未到来：请给出已过去的时刻",
                f"--as-of {at.isoformat()} is yet to come: give a moment that has passed.",
            )
        )
    if at.timestamp() * 1000 < asked.period.start_ms:
        raise ReportError(
            text(
                f"{asked.period.text} 尚未开始（{asked.period.first}）：没有可报告的数据",
                f"{asked.period.text} begins on {asked.period.first}: there is nothing to report of it yet.",
            )
        )


def made(now: Facts, before: Facts, controls: Controls) -> tuple[Section, ...]:
    """All sections in the order of the report, that of a year led by the assessment; pure."""
    found = (
        connected.section(now, before),
        effectiveness.section(now, before),
        exceedances.section(now, before, controls),
        exceedances.by_factor(now, before),
        projects.section(now, before, controls),
        lights.section(now, before),
        lights.listed(now),
        awards.section(now, before, controls),
        indicators.summary(now),
        indicators.section(now, before),
        records.section(now, before),
        obligations.section(now, before),
        obligations.missing(now),
        cases.section(now, before),
        cases.overdue(now),
    )
    return (assessment.section(found, now.period.last.year), *found) if now.period.kind == "year" else found


def facts(connection: Connection, asked: Asked, of: Period, at: datetime, windows: Windows) -> Facts:
    """One period's facts of the province as known at ``at``."""
    assessed = assess(connection, Scope(of.first, of.last, at, division=asked.province), windows)
    outlets = registered_within(connection, asked.province, None, at)
    nothing_due = assessed.counts.is_empty()
    readings = (
        report_figures.readings(connection, of)
        if asked.as_of is None
        else report_figures.readings_as_known(connection, of, at)
    )
    year = of.last.year
    owing, why = _owing(connection, asked, of, at)
    within = partial(_within, province=asked.province)
    return Facts(
        period=of,
        readings=within(readings),
        projects=within(report_figures.projects(connection, of.last.strftime("%Y-%m"), at)),
        awards=within(report_figures.awards(connection, [year - 1, year], at)),
        indicators=within(report_figures.indicators(connection, indicators.periods(of), at), "division"),
        records=within(report_figures.records(connection, of, at), "division"),
        outlets=outlets.select("city", "mn", "enterprise", "registered_at"),
        effectiveness=pl.DataFrame() if nothing_due else assessed.rates("city"),
        enterprises=pl.DataFrame() if nothing_due else assessed.rates("enterprise"),
        requirement=requirement(asked.province, year),
        matters=_lit(connection, asked, of, at),
        cases=_cases(connection, asked, min(at, datetime.fromtimestamp(of.end_ms / 1000, UTC))),
        obligations=owing,
        absent={"obligations": why} if why else {},
    )


def _cases(connection: Connection, asked: Asked, end: datetime) -> pl.DataFrame:
    """``CASE`` of the province's cases as their events before ``end`` make them."""
    events = (CaseEvent(**row) for row in report_figures.case_events(connection, end))
    folded = (fold(told) for _, told in groupby(events, key=lambda event: event.number))
    return cases.frame(case for case in folded if case.division.startswith(asked.province[:2]))


def _owing(connection: Connection, asked: Asked, of: Period, at: datetime) -> tuple[pl.DataFrame | None, str]:
    """States of obligations for periods that end in this one, or why they are not known."""
    duties = [duty for duty in duty_files.shipped() if duty.valid_from <= of.last]
    try:
        expected, told = owed(connection, duties, of.first, of.last, at)
    except CalendarUnknown as unknown:
        return None, str(unknown)
    province = pl.col("division").cast(pl.String).str.starts_with(asked.province[:2])
    return states(expected.filter(province), told, at), ""


def _lit(connection: Connection, asked: Asked, of: Period, at: datetime) -> pl.DataFrame:
    """Matters of projects that stand at the end of a period by what was told for its months and known at ``at``."""
    known = oversight_facts.frame(connection, "project_month", at)
    province = pl.col("division").cast(pl.String).str.starts_with(asked.province[:2])
    told = known.filter(province, pl.col("month") <= of.last.strftime("%Y-%m"))
    newest = told.sort("project_code", "month").unique("project_code", keep="last", maintain_order=True)
    end = min(at, datetime.fromtimestamp(of.end_ms / 1000, UTC))
    rules = [rule for rule in asked.rules.in_force(of.last) if rule.code.startswith(lights.PREFIX)]
    return gravest(found(rules, given(project=newest, project_month=told), end))


def between(connection: Connection, was: Snapshot, now: Snapshot) -> dict[str, pl.DataFrame]:
    """By kind what came between two snapshots of a period and can have changed it or the one before."""
    first, last = now.period.previous().first, now.period.last
    both = Period(f"{first}/{last}", now.period.kind, first, last)
    since = report_figures.Since(
        datetime.fromisoformat(was.as_of).astimezone(UTC),
        [(topic, partition, after) for topic, partition, after, _ in was.positions],
    )
    at = datetime.fromisoformat(now.as_of).astimezone(UTC)
    return {
        kind: _within(report_figures.changed(connection, kind, both, since, at), province=now.province)
        for kind in report_figures.CHANGING
    }


def _within(frame: pl.DataFrame, column: str = "city", *, province: str) -> pl.DataFrame:
    """The rows of the province: its divisions' codes begin as its own."""
    return frame.filter(pl.col(column).str.starts_with(province[:2]))


def _controls(connection: Connection, asked: Asked, at: datetime) -> Controls:
    of, within = asked.period, partial(_within, province=asked.province)
    as_known = None if asked.as_of is None else at
    return Controls(
        readings=within(report_figures.readings_as_known(connection, of, at)),
        projects=within(report_figures.projects_control(connection, of.last.strftime("%Y-%m"), at)),
        awards=within(report_figures.awards_control(connection, of.last.year, as_known)),
    )


def _clocks(connection: Connection, asked: Asked, now: Facts, at: datetime) -> Clocks:
    processed = report_figures.processed(connection, at)
    rules = report_figures.rule_sets(connection, at)
    newest = {
        "reading": now.readings["newest"].max() if now.readings.height else None,
        "project": now.projects["month"].max() if now.projects.height else None,
        "award": now.awards["paid_on"].max() if now.awards.height else None,
        "indicator": now.indicators["period"].max() if now.indicators.height else None,
    }
    return Clocks(
        covered_to={kind: str(reached) for kind, reached in newest.items() if reached is not None},
        processed_to={
            row["kind"]: row["processed_to"].astimezone(SHANGHAI).isoformat(timespec="milliseconds")
            for row in processed.iter_rows(named=True)
        },
        rules=dict(rules.iter_rows()),
        oversight=tuple(f"{rule.code} v{rule.version}" for rule in asked.rules.in_force(asked.period.last)),
    )
