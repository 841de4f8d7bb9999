"""The guard over levels and years: what is entitled in total, what is taken up, what is left."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oversight.award_policy.affiliation import doubled, stem, ties
from oversight.award_policy.stacking import FLAGS, intended, stacks
from oversight.rule_files import shipped
from oversight.standing import found
from tests.oversight.rows import CODE, FIRM, award, facts, project

WAN = 1_000_000  # fen
OTHER = "91340100149067617J"
STANDARD = {"clause": "5.standard-national", "project_code": None, "basis": None, "amount": 50 * WAN}


def one(*awards: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """The only stack of these awards."""
    (row,) = stacks(facts(project=[project(**changes)], award=list(awards))).to_dicts()
    return dict(row)


def test_county_city_and_province_share_one_entitlement_over_years() -> None:
    """10 % of 50 million is 5 million: 2 of the province, 2 of the city a year later, 1.5 of the county proposed."""
    row = one(
        award(amount=200 * WAN),
        award(award_number="A2", amount=200 * WAN, level="CITY", fiscal_year=2026),
        award(award_number="A3", amount=150 * WAN, level="COUNTY", status="PROPOSED", paid_amount=None),
    )
    assert (row["entitled"], row["total"], row["paid"]) == (500 * WAN, 550 * WAN, 400 * WAN)
    assert (row["over"], row["left"], row["stoppable"], row["verdict"]) == (50 * WAN, 0, 50 * WAN, "OVER")
    assert (row["levels"], row["years"], row["flags"]) == (
        ["PROVINCE", "CITY", "COUNTY"],
        [2025, 2026],
        ["LEVELS", "YEARS"],
    )
    assert (row["kind"], row["subject"], row["awards"]) == ("PROJECT", CODE, ["A1", "A2", "A3"])
    assert (row["sum_paid"], row["sum_proposed"], row["sum_approved"]) == (400 * WAN, 150 * WAN, 0)


@pytest.mark.parametrize(
    ("amount", "verdict", "left", "over"),
    [(100, "FULL", 0, 0), (99, "WITHIN", 1, 0), (101, "OVER", 0, 1)],
)
def test_before_payment_the_guard_says_what_one_more_award_would_leave(
    amount: int, verdict: str, left: int, over: int
) -> None:
    """4 million of 5 are paid."""
    before = facts(project=[project()], award=[award()])
    more = award(award_number="new", amount=amount * WAN, level="CITY", status="PROPOSED", paid_amount=None)
    (row,) = stacks(intended(before, more)).to_dicts()
    assert (row["verdict"], row["left"], row["over"]) == (verdict, left * WAN, over * WAN)
    assert row["stoppable"] == over * WAN
    assert stacks(before)["total"].to_list() == [400 * WAN]


def test_what_was_paid_too_much_cannot_be_stopped_any_more() -> None:
    row = one(award(amount=400 * WAN), award(award_number="A2", amount=300 * WAN))
    assert (row["over"], row["stoppable"]) == (200 * WAN, 0)


def test_of_a_recovered_award_only_what_is_still_paid_out_counts() -> None:
    again = one(award(status="RECOVERED", paid_amount=0), award(award_number="A2", amount=500 * WAN))
    assert (again["total"], again["verdict"], again["sum_recovered"]) == (500 * WAN, "FULL", 0)
    partly = one(award(status="RECOVERED", paid_amount=100 * WAN))
    assert (partly["total"], partly["left"]) == (100 * WAN, 400 * WAN)
    nothing = one(award(status="RECOVERED", paid_amount=0))
    assert (nothing["total"], nothing["left"], nothing["verdict"]) == (0, 500 * WAN, "WITHIN")


def test_the_project_tells_the_basis_and_a_claim_above_it_is_flagged() -> None:
    row = one(award(basis=9_000 * WAN), equipment_investment=3_000 * WAN, software_investment=None)
    assert (row["entitled"], row["verdict"], row["flags"]) == (300 * WAN, "OVER", ["BASIS"])


def test_a_clause_for_the_firm_is_one_stack_whatever_the_project() -> None:
    factory = {"policy": "ah-2020-0493", "clause": "smart-factory", "basis": None, "amount": 100 * WAN}
    row = one(award(**factory), award(**factory, award_number="A2", project_code="other", level="CITY"))
    assert (row["kind"], row["subject"], row["entitled"], row["over"]) == ("FIRM", FIRM, 100 * WAN, 100 * WAN)


def test_standards_may_be_awarded_apart() -> None:
    rows = stacks(facts(project=[], award=[award(**STANDARD), award(**STANDARD, award_number="A2")])).to_dicts()
    assert [(row["kind"], row["subject"], row["verdict"]) for row in rows] == [
        ("AWARD", "A1", "FULL"),
        ("AWARD", "A2", "FULL"),
    ]


def test_a_clause_without_a_number_is_said_to_state_none() -> None:
    row = one(award(policy="ln-2022", clause="pilot-base", basis=None))
    assert (row["verdict"], row["entitled"], row["left"], row["over"]) == ("UNSTATED", None, None, None)


def test_an_unknown_clause_is_listed_and_not_judged() -> None:
    row = one(award(policy="x", clause="y", project_code=None))
    assert (row["verdict"], row["total"]) == ("UNSTATED", 400 * WAN)


def test_two_clauses_that_count_the_same_equipment_are_flagged() -> None:
    rows = stacks(
        facts(
            project=[project()],
            award=[
                award(),
                award(
                    award_number="A2",
                    policy="ah-2020-0493",
                    clause="equipment",
                    basis=4_000 * WAN,
                    amount=320 * WAN,
                ),
            ],
        )
    )
    assert rows["flags"].to_list() == [["SAME_BASIS"], ["SAME_BASIS"]]
    assert set(FLAGS) >= {"SAME_BASIS"}


def test_another_payee_than_the_projects_own_enterprise_is_flagged() -> None:
    assert one(award(payee=OTHER))["flags"] == ["PAYEES"]
    provider = one(award(payee=OTHER, clause="9.new-mode", amount=50 * WAN))
    assert provider["flags"] == []  # the clause pays the provider


AWARDS = st.lists(
    st.fixed_dictionaries(
        {
            "amount": st.integers(0, 300 * WAN),
            "level": st.sampled_from(["PROVINCE", "CITY", "COUNTY"]),
            "fiscal_year": st.integers(2023, 2025),
            "status": st.sampled_from(["PROPOSED", "PUBLICISED", "APPROVED", "PAID", "RECOVERED"]),
            "clause": st.sampled_from(["1.demo", "8.loan-interest"]),
            "basis": st.one_of(st.none(), st.integers(0, 5_000 * WAN)),
            "project_code": st.sampled_from([CODE, "other"]),
        }
    ),
    max_size=6,
)


@settings(deadline=None, max_examples=50)
@given(AWARDS)
def test_sums_over_stacks_are_the_sums_over_awards_and_over_and_left_exclude_each_other(
    told: list[dict[str, Any]],
) -> None:
    rows = [
        award(**one, award_number=f"A{n}", paid_amount=one["amount"] if one["status"] == "PAID" else None)
        for n, one in enumerate(told)
    ]
    known = facts(project=[project()], award=rows)
    stacked = stacks(known)
    assert sum(stacked["total"]) == sum(one["amount"] for one in told if one["status"] != "RECOVERED")
    assert sorted(name for names in stacked["awards"] for name in names) == sorted(one["award_number"] for one in rows)
    for row in stacked.iter_rows(named=True):
        if row["entitled"] is not None:
            assert row["entitled"] + row["over"] == row["total"] + row["left"]
            assert min(row["over"], row["left"]) == 0 <= row["stoppable"] <= row["over"]
    several = {
        row["subject"] for row in stacked.iter_rows(named=True)
        if row["verdict"] == "OVER" and sum(1 for n in row["awards"] if held(rows, n)) > 1
    }  # fmt: skip
    detected = found([shipped().rule("OV-AW-STACK", 1)], known, datetime(2026, 1, 1, tzinfo=UTC))
    assert several == set(detected["subject"])


def held(rows: list[dict[str, Any]], number: str) -> bool:
    (row,) = [one for one in rows if one["award_number"] == number]
    return row["status"] != "RECOVERED" and row["amount"] > 0


@pytest.mark.parametrize(
    ("name", "left"),
    [
        ("安徽甲科技有限公司", "安徽甲科技"),
        ("安徽甲科技（集团）股份有限公司", "安徽甲科技"),
        ("安徽甲科技集团有限责任公司", "安徽甲科技"),
        ("安徽甲科技有限公司阜阳分公司", "安徽甲科技"),
        ("安徽 甲科技 有限公司", "安徽甲科技"),
        ("安徽甲科技有限公司（模拟0001）", "安徽甲科技有限公司（模拟0001）"),
        ("合肥乙厂", "合肥乙"),
        ("", ""),
    ],
)
def test_the_stem_of_a_name_is_without_form_group_and_branch(name: str, left: str) -> None:
    assert stem(name) == left


def test_payees_are_tied_by_name_and_by_project_and_short_stems_tie_nobody() -> None:
    third = "91340200149067618K"
    known = facts(
        project=[project(), project(project_code="p2", enterprise=third)],
        award=[
            award(payee_name="安徽甲科技有限公司"),
            award(award_number="A2", payee=OTHER, payee_name="安徽甲科技集团股份有限公司", project_code=None),
            award(award_number="A3", project_code="p2", payee_name="安徽甲科技有限公司"),
            award(award_number="A4", payee="x", payee_name="合肥乙厂", project_code=None),
            award(award_number="A5", payee="y", payee_name="合肥乙有限公司", project_code=None),
        ],
    )
    assert ties(known, FIRM).to_dicts() == [
        {"payee": OTHER, "name": "安徽甲科技集团股份有限公司", "tie": "NAME", "by": "安徽甲科技"},
        {"payee": third, "name": None, "tie": "PROJECT", "by": "p2"},
    ]
    assert ties(known, "x").is_empty()
    assert ties(known, third)["payee"].to_list() == [FIRM]


def test_one_name_under_several_codes_within_one_clause_is_told() -> None:
    factory = {"policy": "ah-2020-0493", "clause": "smart-factory", "basis": None, "amount": 100 * WAN}
    rows = [
        award(**factory, payee_name="安徽甲科技有限公司"),
        award(**factory, award_number="A2", payee=OTHER, payee_name="安徽甲科技（集团）有限公司", project_code=None),
        award(**STANDARD, award_number="A3", payee=OTHER, payee_name="安徽甲科技（集团）有限公司"),
        award(**factory, award_number="A4", payee="x", payee_name="安徽乙科技有限公司", project_code=None),
    ]
    (row,) = doubled(facts(project=[project()], award=rows)).to_dicts()
    assert (row["by"], row["clause"], row["awards"], row["total"]) == (
        "安徽甲科技", "smart-factory", ["A2", "A1"], 200 * WAN,
    )  # fmt: skip
    assert row["payees"] == sorted([FIRM, OTHER])
    recovered = [*rows[:1], {**rows[1], "status": "RECOVERED", "paid_amount": 0}]
    assert doubled(facts(project=[], award=recovered)).is_empty()
    assert doubled(facts(project=[], award=[])).is_empty()
