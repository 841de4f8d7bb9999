"""What rules for indicators find, case by case; each rule's own examples are tested elsewhere."""

from __future__ import annotations

from typing import Any

import pytest

from schemas.contract import codes
from validators import judge, sample


def event_codes(**changes: Any) -> set[str]:
    found = judge.judge_event("indicator", sample.frame("indicator", [changes])).findings["code"]
    return set(found.filter(found.str.starts_with("IN-")))


def history_codes(**changes: Any) -> set[str]:
    known = {"previous__revision": 1, "revision": 2, **changes}
    needs = ("previous__revision", "previous__value", "previous__cumulative")
    return set(judge.judge_history("indicator", sample.frame("indicator", [known], needs)).findings["code"])


PERIODS = {"month": "2026-09", "quarter": "2026Q3", "year": "2025"}


@pytest.mark.parametrize("entry", codes("indicator"), ids=lambda entry: entry.code)
def test_every_indicator_of_the_list_can_be_reported_in_its_own_unit_and_cadence(entry: Any) -> None:
    event = {"indicator": entry.code, "unit": entry.extra["unit"], "period": PERIODS[entry.extra["cadence"]]}
    assert event_codes(**event, value=3.0) == set()


@pytest.mark.parametrize(
    ("value", "found"),
    [
        (0.0, set()),
        (100.0, set()),
        (100.1, {"IN-VALUE-02"}),
        (-0.1, {"IN-VALUE-02"}),
        (0.415, {"IN-VALUE-04"}),
    ],
)
def test_a_share_lies_between_nothing_and_all(value: float, found: set[str]) -> None:
    assert event_codes(value=value) == found


def test_a_growth_may_be_negative_and_above_a_hundred() -> None:
    growth = {"indicator": "industrial-investment-growth"}
    assert event_codes(**growth, value=-12.5) == set()
    assert event_codes(**growth, value=140.0) == set()
    assert event_codes(**growth, value=-101.0) == {"IN-VALUE-02"}


def test_millionths_of_every_accepted_value_fit_into_64_bits() -> None:
    profit = {"indicator": "industrial-profit", "unit": "万元"}
    for value in (9e12, -9e12):
        assert event_codes(**profit, value=value) == set()
        assert abs(round(value * 1e6)) < 2**63
    assert "IN-VALUE-01" in event_codes(**profit, value=9.000001e12)
    assert "IN-VALUE-01" in event_codes(**profit, value=float("inf"))


@pytest.mark.parametrize(
    ("indicator", "unit", "value", "suggestion"),
    [
        ("industrial-revenue", "亿元", 88.0, "880000.0 万元"),
        ("industrial-revenue", "元", 880000.0, "88.0 万元"),
        ("industrial-revenue", "公顷", 88.0, "万元"),
        ("rd-intensity", "‰", 25.0, "2.5 %"),
    ],
)
def test_a_value_in_another_unit_is_suggested_in_the_right_one(
    indicator: str, unit: str, value: float, suggestion: str
) -> None:
    frame = sample.frame("indicator", [{"indicator": indicator, "unit": unit, "value": value}])
    found = judge.judge_event("indicator", frame).findings.filter(code="IN-UNIT-01")
    assert found["suggestion"].to_list() == [suggestion]


@pytest.mark.parametrize("period", ["2026-13", "2026Q5", "26-10", "2026-1", "2026-10-01", "2026年10月", "２026-10", ""])
def test_a_malformed_period_is_refused_once(period: str) -> None:
    assert event_codes(period=period) == {"IN-PERIOD-01"}


@pytest.mark.parametrize(
    ("written", "meant"),
    [("2026年10月", "2026-10"), ("202610", "2026-10"), ("2026-Q3", "2026Q3"), ("2026年第3季度", "2026Q3")],
)
def test_a_period_written_otherwise_is_suggested(written: str, meant: str) -> None:
    frame = sample.frame("indicator", [{"period": written}])
    assert judge.judge_event("indicator", frame).findings.filter(code="IN-PERIOD-01")["suggestion"].to_list() == [meant]


def test_figures_wait_for_their_period_but_targets_do_not() -> None:
    assert "IN-PERIOD-04" in event_codes(period="2026-12")
    target = {"indicator": "solutions.target", "unit": "个", "value": 100.0}
    assert event_codes(**target, period="2027") == set()


def test_a_correction_is_flagged_by_its_size() -> None:
    assert history_codes(previous__value=41.0) == set()
    assert history_codes(previous__value=20.0) == {"IN-HISTORY-02"}
    assert "IN-HISTORY-01" in history_codes(previous__value=0.415)
    assert "IN-HISTORY-01" in history_codes(value=4.15e5, previous__value=41.5)


def test_a_former_value_of_nothing_is_no_slip() -> None:
    assert history_codes(previous__value=0.0) == set()
