"""Doubtful awards, each against the clause's own numbers; stacking against a sum written out plainly."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oversight.rule_files import shipped
from oversight.standing import found
from tests.oversight.rows import CODE, FIRM, award, facts, project
from validators.policies import clause, entitlement

JULY = datetime(2025, 7, 20, tzinfo=UTC)
MILLION = 100_000_000  # yuan, in fen


def matters(code: str, awards: list[dict[str, Any]], projects: list[dict[str, Any]] | None = None) -> list[Any]:
    told = facts(award=awards, project=[project()] if projects is None else projects)
    return found([shipped().rule(code, 1)], told, JULY).rows(named=True)


def subjects(code: str, awards: list[dict[str, Any]], projects: list[dict[str, Any]] | None = None) -> list[str]:
    return [matter["subject"] for matter in matters(code, awards, projects)]


@pytest.mark.parametrize(
    ("changes", "over"),
    [
        ({"amount": 5 * MILLION}, False),
        ({"amount": 5 * MILLION + 1}, True),
        ({"amount": 6 * MILLION, "uplift": True}, False),
        ({"amount": 6 * MILLION + 1, "uplift": True}, True),
        ({"amount": 2 * MILLION + 1, "basis": 20 * MILLION}, True),
        ({"amount": 6 * MILLION, "status": "RECOVERED", "paid_amount": 0}, False),
        ({"amount": MILLION + 1, "clause": "4.platform-enterprise"}, True),
        ({"amount": 900 * MILLION, "clause": "no such"}, False),
    ],
)
def test_an_award_above_what_its_clause_allows_is_found_to_the_fen(changes: dict[str, Any], over: bool) -> None:
    assert subjects("OV-AW-CAP", [award(**changes)]) == (["A1"] if over else [])


@pytest.mark.parametrize(
    ("changes", "days"),
    [
        ({"status": "APPROVED", "approved_on": date(2025, 5, 21), "paid_amount": None}, []),
        ({"status": "APPROVED", "approved_on": date(2025, 5, 20), "paid_amount": None}, [61.0]),
        ({"status": "PAID", "approved_on": date(2025, 1, 1), "paid_amount": 4 * MILLION}, []),
        ({"status": "PAID", "approved_on": date(2025, 5, 20), "paid_amount": 4 * MILLION - 1}, [61.0]),
        ({"status": "PUBLICISED", "approved_on": None, "paid_amount": None}, []),
        ({"status": "RECOVERED", "approved_on": date(2025, 1, 1), "paid_amount": 0}, []),
    ],
)
def test_an_award_not_paid_in_full_sixty_days_after_approval_is_late(
    changes: dict[str, Any], days: list[float]
) -> None:
    assert [matter["value"] for matter in matters("OV-AW-LATE", [award(**changes)])] == days


def test_a_late_award_is_so_since_the_first_day_after_the_term() -> None:
    late = award(status="APPROVED", approved_on=date(2025, 5, 1), paid_amount=None)
    assert matters("OV-AW-LATE", [late])[0]["seen"] == datetime(2025, 6, 30, 16, tzinfo=UTC)


@pytest.mark.parametrize(
    ("changes", "other"),
    [
        ({}, False),
        ({"payee": "913402001490846601"}, True),
        ({"payee": "913402001490846601", "clause": "2.provider"}, False),
        ({"payee": None}, False),
        ({"payee": "913402001490846601", "project_code": None}, False),
        ({"payee": "913402001490846601", "status": "RECOVERED"}, False),
    ],
)
def test_money_to_another_than_the_projects_enterprise_is_found_where_the_clause_pays_the_enterprise(
    changes: dict[str, Any], other: bool
) -> None:
    assert subjects("OV-AW-PAYEE", [award(**changes)]) == (["A1"] if other else [])


@pytest.mark.parametrize(
    ("changes", "reported", "unlike"),
    [
        ({}, {}, False),
        ({"basis": 5_000_000_001}, {}, True),
        ({"basis": 100}, {}, False),
        ({}, {"software_investment": None}, True),
        ({}, {"software_investment": None, "equipment_investment": None}, False),
        ({"clause": "9.new-mode", "basis": 5_000_000_001}, {}, True),
        ({"clause": "8.loan-interest", "basis": 9_000_000_000}, {}, False),
        ({"policy": "ah-2020-0493", "clause": "equipment", "basis": 4_000_000_001}, {}, True),
    ],
)
def test_a_basis_above_what_the_project_reports_of_it_is_found(
    changes: dict[str, Any], reported: dict[str, Any], unlike: bool
) -> None:
    assert subjects("OV-AW-BASIS", [award(**changes)], [project(**reported)]) == (["A1"] if unlike else [])


def test_levels_and_years_together_beyond_the_clause_are_one_matter_of_the_project() -> None:
    awards = [
        award(amount=3 * MILLION),
        award(award_number="A2", amount=MILLION, level="CITY"),
        award(award_number="A3", amount=MILLION + 1, level="COUNTY", fiscal_year=2024),
    ]
    assert subjects("OV-AW-STACK", awards[:2]) == []
    (matter,) = matters("OV-AW-STACK", awards)
    assert (matter["subject"], matter["period"], matter["value"], matter["threshold"]) == (
        CODE,
        "2024-2025",
        5_000_000.01,
        5_000_000.0,
    )
    told = json.loads(matter["evidence"])
    assert [one.get("award_number") for one in told] == ["A1", "A2", "A3", None]
    assert told[3] == {
        "policy": "ah-2023-2025", "clause": "1.demo", "figure": "entitled", "value": 5 * MILLION, "unit": "fen",
    }  # fmt: skip


def test_what_was_recovered_is_stacked_no_more() -> None:
    awards = [award(), award(award_number="A2", level="CITY")]
    assert subjects("OV-AW-STACK", awards) == [CODE]
    awards[1] |= {"status": "RECOVERED", "paid_amount": 0}
    assert subjects("OV-AW-STACK", awards) == []


def test_a_clause_for_the_firm_is_granted_once_to_it_whatever_the_project() -> None:
    firm = {"clause": "1.national-factory", "amount": 3 * MILLION, "basis": None}
    awards = [award(**firm, project_code=None), award(**firm, award_number="A2", level="CITY")]
    assert subjects("OV-AW-STACK", awards) == [FIRM]


def test_several_recognitions_of_one_firm_are_not_stacked() -> None:
    green = {"clause": "6.green", "amount": MILLION, "basis": None, "project_code": None}
    assert subjects("OV-AW-STACK", [award(**green), award(**green, award_number="A2")]) == []


def test_interest_of_several_years_adds_up() -> None:
    interest = {"clause": "8.loan-interest", "basis": MILLION, "amount": MILLION * 4 // 10}
    years = [award(**interest, award_number=f"A{year}", fiscal_year=year) for year in (2023, 2024, 2025)]
    assert subjects("OV-AW-STACK", years) == []
    again = award(**interest, award_number="B", level="CITY")
    assert subjects("OV-AW-STACK", [*years, again]) == [CODE]


AMOUNTS = st.integers(1, 4 * MILLION)
STATUSES = st.sampled_from(["APPROVED", "PAID", "RECOVERED"])
BASES = st.none() | st.integers(1, 60 * MILLION)
CLAUSES = st.sampled_from(["1.demo", "7.software-core"])


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(CLAUSES, AMOUNTS, STATUSES, BASES, st.booleans()), max_size=6), st.booleans())
def test_stacking_equals_a_sum_written_out_plainly(
    told: list[tuple[str, int, str, int | None, bool]], known: bool
) -> None:
    awards = [
        award(award_number=f"A{n}", clause=c, amount=a, status=s, basis=b, uplift=u,
              paid_amount=0 if s == "RECOVERED" else None)
        for n, (c, a, s, b, u) in enumerate(told)
    ]  # fmt: skip
    expected = []
    for code in ("1.demo", "7.software-core"):
        mine = [one for one in told if one[0] == code and one[2] != "RECOVERED"]
        bases = [one[3] for one in mine if one[3] is not None]
        basis = 5_000_000_000 if known and code == "1.demo" else max(bases, default=None)
        uplift = any(one[4] for one in mine)
        most = entitlement(clause("ah-2023-2025", code), basis, uplift=uplift)
        if len(mine) > 1 and most is not None and sum(one[1] for one in mine) > most:
            expected.append(sum(one[1] for one in mine) - most)
    found_ = matters("OV-AW-STACK", awards, [project()] if known else [])
    worst = [round((one["value"] - one["threshold"]) * 100) for one in found_]
    assert worst == ([max(expected)] if expected else [])
