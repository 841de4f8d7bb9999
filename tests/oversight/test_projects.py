"""Lights of projects: the lines by the notices' own numbers, what turns them off, and an oracle written out plainly."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oversight.detectors import DETECTORS
from oversight.rule_files import shipped
from oversight.standing import found, standing
from tests.oversight.rows import CODE, facts, project

JULY = datetime(2025, 7, 20, tzinfo=UTC)  # the end of June is 49.59 % of the year's plan


def lights(code: str, rows: list[dict[str, Any]], as_of: datetime = JULY) -> list[tuple[str, float]]:
    matters = found([shipped().rule(code, 1)], facts(project=rows), as_of)
    return list(matters.select("severity", "value").iter_rows())


@pytest.mark.parametrize(
    ("progress", "light"),
    [(39.6, []), (39.59, ["YELLOW"]), (19.59, ["YELLOW"]), (19.58, ["RED"]), (0.0, ["RED"]), (90.0, [])],
)
def test_ten_points_behind_plan_are_yellow_and_more_than_thirty_red(progress: float, light: list[str]) -> None:
    assert [severity for severity, _ in lights("OV-PJ-POINTS", [project(progress=progress)])] == light


@pytest.mark.parametrize(("progress", "light"), [(39.68, []), (39.6, ["YELLOW"]), (29.76, ["YELLOW"]), (29.7, ["RED"])])
def test_below_eighty_per_cent_of_the_progress_due_is_yellow_and_below_sixty_red(
    progress: float, light: list[str]
) -> None:
    assert [severity for severity, _ in lights("OV-PJ-PACE", [project(progress=progress)])] == light


def test_a_red_light_turns_yellow_only_with_the_report_that_has_caught_up_and_goes_out_with_the_next() -> None:
    course = {"2025-04": 0.0, "2025-05": 20.0, "2025-06": 45.0, "2025-07": 58.0}  # due: 32.9, 41.4, 49.6, 58.1
    seen = []
    for month in course:
        told = [project(month=m, progress=p) for m, p in course.items() if m <= month]
        seen.append([severity for severity, _ in lights("OV-PJ-POINTS", told, datetime(2025, 12, 1, tzinfo=UTC))])
    assert seen == [["RED"], ["RED"], ["YELLOW"], []]


def test_a_light_is_seen_since_the_first_report_of_its_run() -> None:
    rows = [project(month=f"2025-{month:02}", progress=p) for month, p in ((3, 24.0), (4, 10.0), (5, 10.0), (6, 10.0))]
    matter = found([shipped().rule("OV-PJ-POINTS", 1)], facts(project=rows), JULY).row(0, named=True)
    assert matter["seen"] == datetime(2025, 4, 30, 16, tzinfo=UTC)
    assert (matter["value"], matter["threshold"], matter["period"]) == (39.59, 30.0, "2025-06")


def test_a_light_names_the_line_that_holds_it() -> None:
    course = [(4, 0.0), (5, 25.0), (6, 45.0)]  # behind by 32.88, 16.37, 4.59
    told = []
    for last, _ in course:
        rows = [project(month=f"2025-{month:02}", progress=progress) for month, progress in course if month <= last]
        matters = found([shipped().rule("OV-PJ-POINTS", 1)], facts(project=rows), JULY)
        told += matters.select("severity", "value", "threshold").rows()
    assert told == [("RED", 32.88, 30.0), ("RED", 16.37, 10.0), ("YELLOW", 4.59, 10.0)]


@pytest.mark.parametrize("stage", ["RESERVE", "COMPLETED", "PRODUCING", "CANCELLED"])
def test_a_project_that_owes_no_progress_has_no_light_for_it(stage: str) -> None:
    assert lights("OV-PJ-POINTS", [project(progress=0.0, stage=stage)]) == []


@pytest.mark.parametrize(
    "plan", [{"planned_start": None}, {"planned_completion": None}, {"planned_completion": date(2025, 1, 1)}]
)
def test_without_a_plan_nothing_is_behind_it(plan: dict[str, Any]) -> None:
    assert lights("OV-PJ-POINTS", [project(progress=0.0, **plan)]) == []


def test_a_report_for_a_month_that_still_runs_is_held_against_today() -> None:
    assert lights("OV-PJ-POINTS", [project(progress=39.0)], datetime(2025, 6, 1, tzinfo=UTC)) == []
    assert lights("OV-PJ-POINTS", [project(progress=39.0)]) == [("YELLOW", 10.59)]


@pytest.mark.parametrize(
    ("stage", "as_of", "months"),
    [
        ("PRELIMINARY", datetime(2025, 3, 31, 15, 59, tzinfo=UTC), []),
        ("PRELIMINARY", datetime(2025, 3, 31, 16, 0, tzinfo=UTC), [3.0]),
        ("RESERVE", datetime(2025, 9, 15, tzinfo=UTC), [8.0]),
        ("STARTED", datetime(2025, 9, 15, tzinfo=UTC), []),
        ("CANCELLED", datetime(2025, 9, 15, tzinfo=UTC), []),
    ],
)
def test_not_started_three_months_after_the_planned_start_is_red(
    stage: str, as_of: datetime, months: list[float]
) -> None:
    assert lights("OV-PJ-START", [project(stage=stage)], as_of) == [("RED", value) for value in months]


def test_what_several_rules_find_about_one_project_is_one_matter_the_gravest() -> None:
    rows = [project(progress=19.0, stage="PRELIMINARY"), project(project_code="other", division=340200, progress=35.0)]
    matters = standing(shipped(), facts(project=rows), JULY)
    assert matters["cause"].to_list() == [f"project-light {CODE}", "project-light other"]
    assert matters["severity"].to_list() == ["RED", "YELLOW"]


def plainly(reports: list[tuple[int, float]]) -> str | None:
    """The light by points after these reports (month of 2025, progress), told one after the other."""
    red, light = False, None
    for month, progress in reports:
        end = date(2026, 1, 1) if month == 12 else date(2025, month + 1, 1)
        due = round(min((end - date(2025, 1, 1)).days / 365, 1.0) * 100, 2)
        behind = round(due - progress, 2)
        was = red
        red = behind > 30 or (red and behind > 10)
        light = "RED" if red else "YELLOW" if behind >= 10 or was else None
    return light


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.integers(0, 10_000), min_size=1, max_size=12).map(
        lambda told: [(month, number / 100) for month, number in enumerate(told, 1)]
    )
)
def test_lights_equal_those_told_report_by_report(reports: list[tuple[int, float]]) -> None:
    rows = [project(month=f"2025-{month:02}", progress=progress) for month, progress in reports]
    expected = plainly(reports)
    found_ = lights("OV-PJ-POINTS", rows, datetime(2026, 2, 1, tzinfo=UTC))
    assert [severity for severity, _ in found_] == ([] if expected is None else [expected])


@settings(max_examples=40, deadline=None)
@given(st.dates(date(2024, 1, 1), date(2025, 12, 31)), st.integers(0, 500))
def test_not_started_equals_a_count_of_months(start: date, days: int) -> None:
    today = start + timedelta(days=days)
    whole = (today.year - start.year) * 12 + today.month - start.month
    day = min(start.day, ((today.replace(day=1) + timedelta(days=32)).replace(day=1) - timedelta(days=1)).day)
    whole -= today.day < day
    noon = datetime(today.year, today.month, today.day, 4, tzinfo=UTC)
    expected = [("RED", float(whole))] if whole >= 3 else []
    assert lights("OV-PJ-START", [project(stage="PRELIMINARY", planned_start=start)], noon) == expected


def test_every_detector_gives_matters_of_the_one_shape_from_no_facts() -> None:
    from oversight.matter import MATTER

    for rule in shipped().versions:
        assert DETECTORS[rule.detector].find(rule, facts(), JULY).schema == MATTER


def test_a_rule_for_some_divisions_finds_nothing_in_others() -> None:
    from dataclasses import replace

    rule = replace(shipped().rule("OV-PJ-POINTS", 1), divisions=("340200",))
    rows = [project(progress=0.0), project(project_code="other", division=340202, progress=0.0)]
    assert found([rule], facts(project=rows), JULY)["subject"].to_list() == ["other"]
