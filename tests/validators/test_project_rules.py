"""What rules for projects find, case by case; each rule's own examples are tested elsewhere."""

from __future__ import annotations

from typing import Any

import pytest

from huiliu import credit_code, project_code
from validators import catalogue, judge, sample
from validators.rule import Layer
from validators.transitions import PROJECT

HISTORY = sorted({name for rule in catalogue.rules("project", Layer.HISTORY) for name in rule.needs})


def event_codes(**changes: Any) -> set[str]:
    found = judge.judge_event("project", sample.frame("project", [changes])).findings["code"]
    return set(found.filter(found.str.starts_with("PJ-")))


def history_codes(**changes: Any) -> set[str]:
    known = {"previous__revision": 1, "previous__month": "2026-09", "previous__stage": "BUILDING", **changes}
    judgement = judge.judge_history("project", sample.frame("project", [known], needs=HISTORY))
    assert judgement.not_evaluated == ()
    return set(judgement.findings["code"])


@pytest.mark.parametrize(
    "code",
    [
        "2015-340104-39-03-000123",
        "2020-340104-39-03-000123",
        "2019-000052-39-03-000123",
        "2012-340104-07-02-381526",
        "2612-340104-04-01-123456",
    ],
)
def test_both_forms_of_the_project_code_pass_as_the_kernel_reads_them(code: str) -> None:
    assert project_code.valid(code)
    assert "PJ-CODE-01" not in event_codes(project_code=code, month="2026-12")


@pytest.mark.parametrize(
    "code",
    [
        "2021-340104-39-03-000123",
        "2014-340104-39-03-000123",
        "2500-340104-07-02-381526",
        "1910-340104-07-02-381526",
        "2503-340104-07-02-38152",
        "２503-340104-07-02-381526",
        "2503-340104-07-02-381526 ",
        "",
    ],
)
def test_any_other_project_code_is_refused_as_the_kernel_refuses_it(code: str) -> None:
    assert not project_code.valid(code)
    assert "PJ-CODE-01" in event_codes(project_code=code)


def test_a_project_code_without_hyphens_gets_them_suggested() -> None:
    found = judge.judge_event(
        "project", sample.frame("project", [{"project_code": "２50３340104 0702381526"}])
    ).findings
    assert found.filter(code="PJ-CODE-01")["suggestion"].to_list() == ["2503-340104-07-02-381526"]


@pytest.mark.parametrize(
    ("given", "division", "within_reach"),
    [
        ("340104", "340104", True),
        ("340100", "340104", True),  # the city's own code
        ("340000", "340104", True),
        ("340171", "340104", True),  # a development zone, a statistics code
        ("340104", "340100", True),
        ("340102", "340104", False),  # another county of the city
        ("341521", "340422", True),  # 寿县, which moved from 六安 to 淮南
        ("000052", "340104", True),  # a central code
        ("320102", "340104", False),
        ("110105", "110100", True),
        ("500101", "500100", True),
    ],
)
def test_the_division_of_a_code_is_judged_with_tolerance(given: str, division: str, within_reach: bool) -> None:
    codes = event_codes(project_code=f"2503-{given}-07-02-381526", division=division, publisher=division)
    assert ("PJ-CODE-02" not in codes) == within_reach


def test_a_credit_code_typed_with_letters_that_do_not_exist_is_suggested_with_digits() -> None:
    found = judge.judge_event("project", sample.frame("project", [{"enterprise": "9I34O100ma2mq1232q"}])).findings
    assert found.filter(code="PJ-ENTERPRISE-01")["suggestion"].to_list() == ["91340100MA2MQ1232Q"]


def test_one_wrong_character_of_a_credit_code_is_always_found() -> None:
    right = "91340100MA2MQ1232Q"
    alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    wrong = [right[:i] + c + right[i + 1 :] for i in range(18) for c in alphabet if c != right[i]]
    found = judge.judge_event("project", sample.frame("project", [{"enterprise": code} for code in wrong])).findings
    refused = found.filter(found["code"].is_in(["PJ-ENTERPRISE-01", "PJ-ENTERPRISE-02"]))["row"].unique()
    assert len(refused) == len(wrong)
    assert not any(credit_code.valid(code) for code in wrong)


@pytest.mark.parametrize(("planned", "refused"), [(-1, True), (0, True), (1, False), (2**53, False), (2**53 + 1, True)])
def test_planned_investment_is_positive_and_exact_in_a_double(planned: int, refused: bool) -> None:
    assert ("PJ-INVEST-01" in event_codes(planned_investment=planned)) == refused


def test_yuan_taken_for_ten_thousand_yuan_is_suggested_back() -> None:
    frame = sample.frame(
        "project", [{"planned_investment": 12_000_000_000, "cumulative_investment": 72_000_000_000_000}]
    )
    found = judge.judge_event("project", frame).findings.filter(code="PJ-INVEST-05")
    assert found.select("expected", "suggestion").rows() == [("14400000000", "7200000000")]


def test_extreme_amounts_are_findings_not_faults() -> None:
    extremes = {"planned_investment": -(2**63), "cumulative_investment": 2**63 - 1, "equipment_investment": 2**63 - 1}
    assert {"PJ-INVEST-01", "PJ-INVEST-02", "PJ-INVEST-03"} <= event_codes(**extremes)
    known = {"previous__planned_investment": 2**63 - 1, "previous__cumulative_investment": -(2**63)}
    assert "PJ-UNIT-01" not in history_codes(**extremes, **known)


@pytest.mark.parametrize("value", [float("inf"), float("-inf"), -0.1, 100.1])
def test_progress_outside_nothing_and_all_is_refused(value: float) -> None:
    assert "PJ-PROGRESS-01" in event_codes(progress=value)


def test_investment_may_not_fall_from_month_to_month() -> None:
    fallen = {"previous__cumulative_investment": 7_300_000_000}
    assert history_codes(**fallen) == {"PJ-HISTORY-01"}
    assert history_codes(previous__cumulative_investment=7_200_000_000) == set()


def test_a_correction_of_the_same_month_may_lower_the_investment_and_is_flagged() -> None:
    fallen = {"previous__cumulative_investment": 7_300_000_000, "previous__month": "2026-10"}
    assert history_codes(**fallen) == {"PJ-HISTORY-02"}


@pytest.mark.parametrize("revision", [1, 2])
def test_stale_and_doubled_revisions_are_not_judged_against_history(revision: int) -> None:
    known = {"previous__revision": 2, "previous__cumulative_investment": 9_000_000_000, "previous__stage": "CANCELLED"}
    assert history_codes(revision=revision, **known) == set()


def test_a_project_that_was_not_known_breaks_nothing_of_history() -> None:
    unknown = dict.fromkeys(HISTORY)
    assert history_codes(**unknown) == set()


@pytest.mark.parametrize("before", PROJECT)
@pytest.mark.parametrize("now", PROJECT)
def test_stages_follow_the_table(before: str, now: str) -> None:
    refused = "PJ-HISTORY-03" in history_codes(stage=now, previous__stage=before)
    assert refused == (now != before and now not in PROJECT[before])


def test_a_stopped_project_resumes_and_a_cancelled_one_never_comes_back() -> None:
    assert "PJ-HISTORY-03" not in history_codes(stage="BUILDING", previous__stage="STOPPED")
    for month in ("2026-09", "2026-10", "2026-11"):
        assert "PJ-HISTORY-03" in history_codes(stage="BUILDING", previous__stage="CANCELLED", previous__month=month)


def test_a_stage_turned_back_by_a_correction_of_the_same_month_is_flagged() -> None:
    known = {"previous__stage": "COMPLETED", "previous__month": "2026-10"}
    assert history_codes(**known) == {"PJ-HISTORY-04"}


@pytest.mark.parametrize(
    ("before", "found"),
    [
        (1_200_000, {"PJ-UNIT-01"}),
        (120_000_000_000_000, {"PJ-UNIT-01"}),
        (12_000_000_000, set()),
        (9_300_000_000, set()),
        (9_000_000_000, {"PJ-HISTORY-07"}),
        (18_000_000_000, {"PJ-HISTORY-07"}),
    ],
)
def test_a_plan_changed_by_ten_thousand_is_a_slip_and_by_a_third_a_change(before: int, found: set[str]) -> None:
    assert history_codes(previous__planned_investment=before) == found


def test_a_slip_of_units_suggests_the_amount_that_was_meant() -> None:
    known = {"previous__revision": 1, "previous__planned_investment": 120_000_000_000_000}
    frame = sample.frame("project", [known], needs=HISTORY)
    found = judge.judge_history("project", frame).findings.filter(code="PJ-UNIT-01")
    assert found["suggestion"].to_list() == ["120000000000000"]


def test_without_history_the_rules_on_history_are_named_as_not_evaluated() -> None:
    judgement = judge.judge_history("project", sample.frame("project"))
    assert judgement.not_evaluated == tuple(
        rule.code for rule in catalogue.rules("project", Layer.HISTORY) if rule.needs
    )
