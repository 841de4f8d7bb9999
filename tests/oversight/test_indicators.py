"""Indicators beside the line to their target: counts, shares, levels; a division's own targets and the policies'."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from huiliu.division import cities
from oversight.indicators.targets import of_policies
from oversight.rule_files import shipped
from oversight.standing import found
from tests.oversight.rows import facts, indicator

OCTOBER = datetime(2025, 10, 20, tzinfo=UTC)
ROBOTS = {"indicator": "industrial-robots", "unit": "台"}


def behind(rows: list[dict[str, Any]], as_of: datetime = OCTOBER) -> list[tuple[str, str, str, float, float]]:
    matters = found([shipped().rule("OV-ID-LINE", 1)], facts(indicator=rows), as_of)
    return list(matters.select("subject", "severity", "period", "value", "threshold").sort("subject").iter_rows())


def target(value: float, code: str = "industrial-robots.target", **changes: Any) -> dict[str, Any]:
    return indicator(**({"indicator": code, "period": "2025", "value": value, "unit": "台"} | changes))


def quarters(*values: float, **changes: Any) -> list[dict[str, Any]]:
    return [indicator(**ROBOTS, period=f"2025Q{n}", value=value, **changes) for n, value in enumerate(values, 1)]


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        (quarters(250, 500, 750, cumulative=True), []),
        (quarters(250, 500, 749, cumulative=True), [("YELLOW", 749.0, 750.0)]),
        (quarters(250, 500, 600, cumulative=True), [("YELLOW", 600.0, 750.0)]),
        (quarters(250, 500, 599, cumulative=True), [("RED", 599.0, 750.0)]),
        (quarters(250, 250, 250), []),
        (quarters(250, 250, 249), [("YELLOW", 749.0, 750.0)]),
        (quarters(200, cumulative=True), [("YELLOW", 200.0, 250.0)]),
    ],
)
def test_a_count_is_held_against_the_share_of_the_year_that_has_passed_cumulative_or_not(
    rows: list[dict[str, Any]], told: list[tuple[str, float, float]]
) -> None:
    found_ = behind([target(1000), *rows])
    assert [(severity, value, line) for _, severity, _, value, line in found_] == told
    assert {subject for subject, *_ in found_} <= {"340100/industrial-robots"}


def test_months_have_their_twelfths() -> None:
    months = [indicator(**ROBOTS, period=f"2025-{m:02}", value=80.0) for m in range(1, 6)]
    assert behind([target(1000), *months]) == [
        ("340100/industrial-robots", "YELLOW", "2025-05", 400.0, pytest.approx(416.666667))
    ]


def test_without_a_target_nothing_is_behind() -> None:
    assert behind(quarters(0, 0, 0)) == []


@pytest.mark.parametrize(
    ("moment", "stands"),
    [(datetime(2026, 3, 31, 15, 59, tzinfo=UTC), True), (datetime(2026, 3, 31, 16, tzinfo=UTC), False)],
)
def test_a_years_shortfall_stands_for_three_months_after_it(moment: datetime, stands: bool) -> None:
    assert bool(behind([target(1000), *quarters(0, 0, 0, 0)], moment)) == stands


def test_the_new_years_figures_take_the_place_of_the_old_ones() -> None:
    rows = [target(1000), *quarters(0, 0, 0, 0), target(1000, period="2026")]
    rows.append(indicator(**ROBOTS, period="2026Q1", value=250.0, cumulative=True))
    assert behind(rows, datetime(2026, 4, 20, tzinfo=UTC)) == []


def test_a_share_in_a_year_is_held_against_the_target_itself_for_every_division_that_reports_it() -> None:
    down = {"indicator": "energy-intensity-reduction", "unit": "%", "cumulative": True}
    rows = [
        indicator(**down, period="2025Q2", value=3.0),
        indicator(**down, division=340200, period="2025Q2", value=3.2),
    ]
    assert behind(rows) == [("340100/energy-intensity-reduction", "YELLOW", "2025Q2", 3.0, 3.2)]
    own = target(2.0, "energy-intensity-reduction.target", unit="%")
    assert behind([*rows, own]) == []  # a target of its own takes the place of the policy's


def test_a_level_by_the_end_of_a_year_has_a_straight_line_from_the_first_figure() -> None:
    adopted = {"indicator": "platform-adoption-rate", "unit": "%"}
    first = indicator(**adopted, period="2023-12", value=25.0)
    assert behind([first], datetime(2024, 1, 10, tzinfo=UTC)) == []
    on, off = indicator(**adopted, period="2024-12", value=35.1), indicator(**adopted, period="2024-12", value=34.9)
    january = datetime(2025, 1, 10, tzinfo=UTC)
    assert behind([first, on], january) == []
    (matter,) = behind([first, off], january)
    assert (matter[1], matter[3], round(matter[4], 1)) == ("YELLOW", 34.9, 35.0)
    end = indicator(**adopted, period="2025-12", value=44.0)
    assert behind([first, on, end], datetime(2026, 1, 10, tzinfo=UTC)) == [
        ("340100/platform-adoption-rate", "YELLOW", "2025-12", 44.0, 45.0)
    ]


def test_a_policys_count_is_the_provinces_once_all_of_its_cities_have_reported() -> None:
    told = [
        indicator(division=int(city), period=f"2025Q{quarter}", value=1.0)
        for city in cities("340000", 2025)
        for quarter in (1, 2)
    ]
    assert behind(told[:-2]) == []  # one city has not reported
    assert behind(told) == [("340000/demonstration-projects", "RED", "2025Q2", 32.0, 50.0)]
    assert behind([*told, indicator(division=340000, period="2025Q2", value=50.0, cumulative=True)]) == []


def test_the_policies_targets_are_dated() -> None:
    robots = {year: of_policies(year).filter(indicator="industrial-robots").height for year in (2022, 2023, 2026)}
    assert robots == {2022: 0, 2023: 1, 2026: 1}
    firms = {
        year: of_policies(year).filter(indicator="diagnosed-firms")["target"].to_list() for year in range(2019, 2024)
    }
    assert firms == {2019: [], 2020: [50.0], 2021: [100.0], 2022: [200.0], 2023: []}
    by = of_policies(2024).filter(indicator="platform-adoption-rate")
    assert by.select("year", "target", "shape").rows() == [(2025, 45.0, "BY")]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 400), min_size=1, max_size=4), st.booleans(), st.integers(1, 1500))
def test_counts_equal_a_sum_written_out_plainly(values: list[int], cumulative: bool, aim: int) -> None:
    reached = values[-1] if cumulative else sum(values)
    line = aim * len(values) / 4
    short = round(100 * (line - reached) / line, 6)
    expected = [] if short <= 0 else ["RED"] if short > 20 else ["YELLOW"]
    rows = quarters(*map(float, values), cumulative=cumulative)
    assert [severity for _, severity, *_ in behind([target(float(aim)), *rows])] == expected
