"""What rules for awards find, case by case; each rule's own examples are tested elsewhere."""

from __future__ import annotations

from typing import Any

import pytest

from validators import catalogue, judge, sample
from validators.rule import Layer
from validators.transitions import AWARD

WAN = 1_000_000  # fen


def needs(layer: Layer) -> list[str]:
    return sorted({name for rule in catalogue.rules("award", layer) for name in rule.needs})


def event_codes(**changes: Any) -> set[str]:
    found = judge.judge_event("award", sample.frame("award", [changes])).findings["code"]
    return set(found.filter(found.str.starts_with("AW-")))


def reference_codes(**changes: Any) -> set[str]:
    known = {"project__known": True, **changes}
    frame = sample.frame("award", [known], needs=needs(Layer.REFERENCE))
    return set(judge.judge_reference("award", frame).findings["code"])


def history_codes(**changes: Any) -> set[str]:
    frame = sample.frame("award", [{"previous__revision": 1, **changes}], needs=needs(Layer.HISTORY))
    return set(judge.judge_history("award", frame).findings["code"])


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"basis": 8000 * WAN, "amount": 500 * WAN}, set()),
        ({"basis": 8000 * WAN, "amount": 500 * WAN + 1}, {"AW-CAP-01"}),
        ({"basis": 8000 * WAN, "amount": 600 * WAN, "uplift": True, "division": "341202"}, set()),
        ({"basis": 8000 * WAN, "amount": 600 * WAN + 1, "uplift": True, "division": "341202"}, {"AW-CAP-01"}),
        ({"basis": 4000 * WAN, "amount": 480 * WAN, "uplift": True, "division": "341202"}, set()),
        ({"basis": 4000 * WAN, "amount": 480 * WAN, "uplift": False}, {"AW-CAP-02"}),
        ({"basis": 20000 * WAN, "amount": 1000 * WAN, "payee_count": 2}, set()),
        ({"basis": 4000 * WAN, "amount": 600 * WAN}, {"AW-CAP-01", "AW-CAP-02"}),
        ({"basis": 4000 * WAN, "amount": 400 * WAN, "uplift": True}, {"AW-UPLIFT-02"}),
    ],
)
def test_an_award_stays_within_share_cap_and_uplift(changes: dict[str, Any], found: set[str]) -> None:
    assert event_codes(**changes) == found


@pytest.mark.parametrize(
    ("amount", "count", "found"),
    [
        (100 * WAN, 1, set()),
        (300 * WAN, 3, set()),
        (100 * WAN + 1, 1, {"AW-CAP-03"}),
        (99 * WAN, 1, {"AW-CAP-04"}),
        (200 * WAN, 3, {"AW-CAP-04"}),
    ],
)
def test_a_fixed_award_is_the_amount_of_its_clause(amount: int, count: int, found: set[str]) -> None:
    award = {"clause": "4.platform-enterprise", "basis": None, "amount": amount, "payee_count": count}
    assert event_codes(**award) == found


@pytest.mark.parametrize("slipped", [100, 1_000_000])
def test_yuan_or_ten_thousand_yuan_taken_for_fen_is_suggested_back(slipped: int) -> None:
    award = {"clause": "1.national-leader", "basis": None, "amount": 500 * WAN // slipped}
    found = judge.judge_event("award", sample.frame("award", [award])).findings.filter(code="AW-CAP-04")
    assert found["suggestion"].to_list() == [str(500 * WAN)]


def test_ten_thousand_times_too_much_is_suggested_back() -> None:
    frame = sample.frame("award", [{"amount": 400 * WAN * 10_000}])
    found = judge.judge_event("award", frame).findings.filter(code="AW-CAP-01")
    assert found.select("expected", "difference", "suggestion").rows() == [
        (str(500 * WAN), str(400 * WAN * 10_000 - 500 * WAN), str(400 * WAN))
    ]


def test_an_uplift_is_refused_where_the_policy_has_none() -> None:
    award = {"policy": "ah-2020-0493", "clause": "smart-factory", "basis": None, "amount": 100 * WAN, "uplift": True}
    assert "AW-UPLIFT-01" in event_codes(**award)


#: Sums granted in Fushun in 2022, as the city reported them: clause, yuan, count, mode.
FUSHUN = [
    ("technology-promotion", 2_000_000, 1, "APPLICATION"),
    ("identifier-node", 10_000_000, 2, "APPLICATION"),
    ("digital-liaoning", 4_600_000, 12, "AUTOMATIC"),
    ("first-set-insurance", 2_375_000, 4, "APPLICATION"),
    ("open-competition", 1_000_000, 1, "APPLICATION"),
    ("pilot-base", 2_000_000, 1, "APPLICATION"),
]


@pytest.mark.parametrize(("clause", "yuan", "count", "mode"), FUSHUN)
def test_the_awards_that_fushun_really_made_are_accepted(clause: str, yuan: int, count: int, mode: str) -> None:
    award = {
        "division": "210400",
        "publisher": "210400",
        "policy": "ln-2022",
        "clause": clause,
        "fiscal_year": 2022,
        "project_code": None,
        "payee": None,
        "payee_count": count,
        "basis": None,
        "amount": yuan * 100,
        "mode": mode,
        "publicised_on": None,
        "approved_on": None,
    }
    found = judge.judge_event("award", sample.frame("award", [award])).findings
    assert set(found["severity"]) <= {"warning"}
    assert set(found["code"]) <= {"AW-PAYEE-05"}  # the text names payees without their credit codes


def test_a_policy_is_judged_by_the_years_in_which_it_was_in_force() -> None:
    assert [year for year in range(2021, 2028) if "AW-POLICY-03" not in event_codes(fiscal_year=year)] == [
        2023,
        2024,
        2025,
    ]
    pack = {"clause": "2.software-pack"}  # paid the year after, by its own words
    assert "AW-POLICY-03" not in event_codes(fiscal_year=2026, **pack)
    assert "AW-POLICY-03" in event_codes(fiscal_year=2027, **pack)


def test_what_is_recovered_lowers_what_was_paid_and_is_never_negative() -> None:
    recovered = {"status": "RECOVERED", "paid_on": 20400}
    assert event_codes(**recovered, paid_amount=0) == set()
    assert event_codes(**recovered, paid_amount=-400_000_000) == {"AW-AMOUNT-02"}


@pytest.mark.parametrize("field", ["award_number", "document_number", "source_ref"])
def test_an_amount_typed_from_an_identifier_is_flagged_in_any_unit(field: str) -> None:
    award = {"clause": "4.platform-cross", "basis": None}
    for amount in (2025031, 202503100):
        assert "AW-DIGITS-01" in event_codes(**award, amount=amount, **{field: "2025-031"})
    assert "AW-DIGITS-01" not in event_codes(**award, amount=12300, **{field: "123"})


def test_extreme_numbers_are_findings_not_faults() -> None:
    extremes = {"basis": 2**63 - 1, "amount": 2**63 - 1, "payee_count": 2**31 - 1, "paid_amount": -(2**63)}
    assert {"AW-AMOUNT-01", "AW-AMOUNT-02", "AW-AMOUNT-03", "AW-COUNT-01"} <= event_codes(**extremes)
    history_codes(**extremes, stack__amount=2**63 - 1, stack__count=2**63 - 1)


def test_awards_stacked_above_the_cap_are_flagged_whoever_paid() -> None:
    stacked = {"basis": 8000 * WAN, "amount": 300 * WAN, "stack__count": 1}
    assert history_codes(**stacked, stack__amount=200 * WAN) == {"AW-STACK-02"}
    assert history_codes(**stacked, stack__amount=200 * WAN + 1) == {"AW-STACK-01"}
    assert history_codes(**stacked, stack__amount=200 * WAN + 1, status="RECOVERED") == set()


def test_a_stack_counts_against_the_share_of_the_basis_too() -> None:
    stacked = {"basis": 4000 * WAN, "amount": 300 * WAN, "stack__count": 1}
    assert history_codes(**stacked, stack__amount=101 * WAN) == {"AW-STACK-01"}


def test_the_uplift_raises_what_a_stack_may_reach() -> None:
    stacked = {"basis": 8000 * WAN, "amount": 300 * WAN, "stack__count": 2, "stack__amount": 300 * WAN}
    assert history_codes(**stacked, uplift=True) == {"AW-STACK-02"}
    assert history_codes(**stacked, uplift=False) == {"AW-STACK-01"}


def test_several_recognitions_of_one_payee_are_not_a_stack_but_a_second_provider_award_of_one_firm_is() -> None:
    other = {"project_code": None, "basis": None, "stack__amount": 200 * WAN, "stack__count": 1, "amount": 200 * WAN}
    assert history_codes(**other, clause="5.brand") == set()
    assert history_codes(**other, clause="1.national-scene") == {"AW-STACK-01"}


def test_a_payee_other_than_the_enterprise_is_flagged_unless_the_clause_pays_another() -> None:
    other = {"project__enterprise": "913402001490846601"}
    assert reference_codes(**other) == {"AW-PROJECT-03"}
    assert reference_codes(**other, clause="9.new-mode") == set()


@pytest.mark.parametrize(
    ("clause", "reported", "found"),
    [
        ("1.demo", {"equipment": 3000, "software": 1000}, set()),
        ("1.demo", {"equipment": 3999, "software": None}, {"AW-BASIS-02"}),
        ("1.demo", {}, set()),
        ("9.new-mode", {"cumulative": 3999}, {"AW-BASIS-02"}),
        ("8.loan-interest", {"equipment": 1}, set()),
    ],
)
def test_a_basis_is_compared_with_what_its_clause_counts(
    clause: str, reported: dict[str, int | None], found: set[str]
) -> None:
    context = {f"project__{part}_investment": None if wan is None else wan * WAN for part, wan in reported.items()}
    assert reference_codes(clause=clause, basis=4000 * WAN, **context) == found


@pytest.mark.parametrize("before", AWARD)
@pytest.mark.parametrize("now", AWARD)
def test_statuses_follow_the_table(before: str, now: str) -> None:
    refused = "AW-HISTORY-01" in history_codes(status=now, previous__status=before)
    assert refused == (now != before and now not in AWARD[before])


def test_an_amount_raised_before_approval_is_fine_and_after_it_flagged() -> None:
    raised = {"previous__amount": 300 * WAN}
    assert history_codes(**raised, previous__status="PROPOSED") == set()
    assert history_codes(**raised, previous__status="APPROVED") == {"AW-HISTORY-02"}
