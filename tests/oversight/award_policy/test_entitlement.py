"""Who is entitled without applying, by the hub's own projects and awards, and why the others are not."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oversight.award_policy import criteria as criteria_file
from oversight.award_policy.assessment import assess
from oversight.award_policy.claim import Claim
from oversight.award_policy.columns import entitled
from oversight.award_policy.criteria import criteria
from oversight.award_policy.entitlement import CONDITIONS, entitlements
from oversight.award_policy.errors import CriteriaRefused
from tests.oversight.rows import CODE, FIRM, award, facts, project
from validators import policies
from validators.amounts import LARGEST_FEN

WAN = 1_000_000  # fen
DONE = {"stage": "COMPLETED", "actual_completion": date(2025, 4, 1), "tier": "PROVINCE"}


def told(projects: list[dict[str, Any]], awards: list[dict[str, Any]] | None = None) -> dict[str, dict[str, Any]]:
    """By project and clause what is entitled."""
    rows = entitlements(facts(project=projects, award=awards or []), criteria(), policies.versions())
    return {f"{row['project_code']} {row['policy']} {row['clause']}": row for row in rows.iter_rows(named=True)}


def one(clause: str, awards: list[dict[str, Any]] | None = None, **changes: Any) -> dict[str, Any]:
    return told([project(**{**DONE, **changes})], awards)[f"{CODE} {clause}"]


@pytest.mark.parametrize(
    ("programme", "clause", "changes", "verdict", "wan"),
    [
        # 经省认定的智能工厂、数字化车间，分别给予企业一次性奖补100万元、50万元
        ("SMART_FACTORY", "ah-2020-0493 smart-factory", {}, "ENTITLED", 100),
        ("DIGITAL_WORKSHOP", "ah-2020-0493 digital-workshop", {"stage": "PRODUCING"}, "ENTITLED", 50),
        # 按照设备投资额的8%给与补贴: 40 million of equipment; the catalogue has to be checked
        ("TECHNICAL_TRANSFORMATION", "ah-2020-0493 equipment", {"tier": "COUNTY"}, "CONFIRM", 320),
        # 设备、工业软件购置额 10%, 最高500万元: 40 and 10 million; in Fuyang a fifth more
        ("SMART_FACTORY", "ah-2023-2025 1.demo", {}, "CONFIRM", 500),
        ("SMART_FACTORY", "ah-2023-2025 1.demo", {"division": 341202}, "CONFIRM", 600),
        ("SMART_FACTORY", "ah-2023-2025 1.demo", {"software_investment": None}, "CONFIRM", 400),
        # 按每户最高5万元对各地; 每个符合条件的样板最高2000万元; 企业级平台一次性100万元
        ("DIAGNOSIS", "ah-2023-2025 2.diagnosis", {"tier": "CITY"}, "ENTITLED", 5),
        ("PARK_SAMPLE", "ah-2023-2025 3.park-sample", {}, "ENTITLED", 2_000),
        ("PLATFORM", "ah-2023-2025 4.platform-enterprise", {}, "CONFIRM", 100),
        # 每户企业补助技术服务费 5 万元, May 2020 to 2022, Gansu
        (
            *("DIAGNOSIS", "gs-2020-146 diagnosis"),
            *({"division": 620102, "actual_completion": date(2021, 5, 1)}, "ENTITLED", 5),
        ),
    ],
)
def test_a_completed_project_is_entitled_to_what_the_text_says(
    programme: str, clause: str, changes: dict[str, Any], verdict: str, wan: int
) -> None:
    found = one(clause, programme=programme, **changes)
    assert (found["verdict"], found["entitled"], found["missing"]) == (verdict, wan * WAN, [])
    assert found["fiscal_year"] == found["day"].year


@pytest.mark.parametrize(
    ("changes", "missing"),
    [
        ({"tier": "CITY"}, ["TIER"]),
        ({"stage": "BUILDING", "actual_completion": None}, ["STAGE", "COMPLETED", "IN_FORCE"]),
        ({"actual_completion": date(2020, 6, 8)}, ["IN_FORCE"]),
        ({"division": 620102}, ["PROVINCE"]),
        ({"tier": "CITY", "stage": "STOPPED"}, ["TIER", "STAGE"]),
    ],
)
def test_every_condition_that_fails_is_named_at_once(changes: dict[str, Any], missing: list[str]) -> None:
    found = one("ah-2020-0493 smart-factory", programme="SMART_FACTORY", **changes)
    assert (found["verdict"], found["missing"]) == ("NOT", missing)
    assert set(missing) <= set(CONDITIONS)


def test_without_its_basis_a_clause_with_a_rate_gives_no_entitlement() -> None:
    found = one("ah-2023-2025 1.demo", programme="SMART_FACTORY", equipment_investment=None, software_investment=None)
    assert (found["verdict"], found["missing"]) == ("NOT", ["BASIS"])


def test_a_policy_is_not_in_force_the_day_after_its_last() -> None:
    last, after = (
        one("ah-2023-2025 3.park-sample", programme="PARK_SAMPLE", actual_completion=day)["verdict"]
        for day in (date(2025, 12, 31), date(2026, 1, 1))
    )
    assert (last, after) == ("ENTITLED", "NOT")


FACTORY = {"policy": "ah-2020-0493", "clause": "smart-factory", "basis": None, "amount": 100 * WAN}


@pytest.mark.parametrize(
    ("changes", "verdict"),
    [
        ({"status": "PROPOSED", "paid_amount": None}, "CLAIMED"),
        ({"level": "CITY", "fiscal_year": 2022}, "CLAIMED"),
        ({"project_code": None}, "CLAIMED"),  # the clause is for the firm, whatever the project
        ({"project_code": None, "payee": "91340100149067617J"}, "ENTITLED"),
        ({"status": "RECOVERED", "paid_amount": 0}, "ENTITLED"),
        ({"clause": "digital-workshop"}, "ENTITLED"),
    ],
)
def test_who_has_applied_or_been_paid_at_any_level_or_year_is_not_told_again(
    changes: dict[str, Any], verdict: str
) -> None:
    found = one("ah-2020-0493 smart-factory", [award(**{**FACTORY, **changes})], programme="SMART_FACTORY")
    assert found["verdict"] == verdict
    assert found["claimed"] == (["A1"] if verdict == "CLAIMED" else [])


def test_a_one_off_for_a_firm_goes_to_its_first_project_only() -> None:
    done = {**DONE, "programme": "SMART_FACTORY"}
    rows = told(
        [
            project(**{**done, "project_code": "B", "actual_completion": date(2024, 1, 1)}),
            project(**{**done, "project_code": "A"}),
            project(**{**done, "project_code": "C", "enterprise": "91340100149067617J"}),
            project(**{**done, "project_code": "D", "actual_completion": date(2023, 1, 1), "tier": "CITY"}),
        ]
    )
    found = {name: rows[f"{name} ah-2020-0493 smart-factory"] for name in "ABCD"}
    assert {name: row["verdict"] for name, row in found.items()} == {
        "A": "NOT", "B": "ENTITLED", "C": "ENTITLED", "D": "NOT",
    }  # fmt: skip
    assert (found["A"]["missing"], found["D"]["missing"]) == (["FIRST"], ["TIER"])


def test_the_city_that_was_paid_for_diagnoses_of_a_year_has_claimed_them() -> None:
    city = {"policy": "ah-2023-2025", "clause": "2.diagnosis", "project_code": None, "payee": None, "payee_count": 40}
    for changes, verdict in (
        ({"division": 340100}, "CLAIMED"),
        ({"division": 341200}, "ENTITLED"),
        ({"division": 340100, "fiscal_year": 2024}, "ENTITLED"),
    ):
        found = one("ah-2023-2025 2.diagnosis", [award(**{**city, **changes})], programme="DIAGNOSIS")
        assert found["verdict"] == verdict


RATES = st.sampled_from([one for one in policies.clauses() if one.basis not in ("interest", "lease-interest")])


@settings(deadline=None, max_examples=60)
@given(RATES, st.one_of(st.none(), st.integers(0, LARGEST_FEN)), st.booleans(), st.integers(1, 100_000))
def test_a_column_of_projects_is_entitled_to_what_each_claim_is(
    clause: policies.Clause, basis: int | None, north: bool, count: int
) -> None:
    policy = policies.policy(clause.policy)
    place = {"340000": "341202" if north else "340104", "620000": "620102", "210000": "210402"}[policy.province]
    claim = Claim(division=place, day=policy.valid_from, count=count, basis=basis if clause.basis else None)
    frame = pl.DataFrame({"basis": [claim.basis], "uplift": [place == "341202"]}, schema_overrides={"basis": pl.Int64})
    column = frame.select(entitled(clause, pl.col("basis"), pl.col("uplift"), pl.lit(count))).item()
    assert column == assess(policy, clause, claim).entitled


def test_the_shipped_criteria_name_clauses_with_their_words_and_never_overlap() -> None:
    for entry in criteria():
        clause = policies.clause(entry.policy, entry.clause)
        assert clause.payee in ("enterprise", "locality", "park", "provider")
        assert policies.policy(entry.policy).valid_from <= entry.valid_from
        assert entry.programmes and entry.tiers and entry.stages and entry.reads.zh and entry.reads.en


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ('"SMART_FACTORY"', '"SMART_HOUSE"', "SMART_HOUSE"),
        ('"clause": "3.park-sample"', '"clause": "33.park"', "33.park"),
        ('"policy": "gs-2020-146"', '"policy": "gs-1999"', "gs-1999"),
        ('"valid_from": "2020-05-01"', '"valid_from": "2020-05-32"', "2020-05-32"),
        ('"unseen": []', '"unsighted": []', "unsighted"),
    ],
)
def test_criteria_with_an_unknown_code_or_field_are_refused(tmp_path: Path, old: str, new: str, named: str) -> None:
    text = criteria_file.FILE.read_text("utf-8")
    assert old in text
    (tmp_path / "criteria.json").write_text(text.replace(old, new))
    with pytest.raises(CriteriaRefused, match=named):
        criteria_file.read(tmp_path / "criteria.json")


def test_two_criteria_of_one_clause_in_force_on_one_day_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = json.loads(criteria_file.FILE.read_text("utf-8"))
    told["criteria"].append({**told["criteria"][0], "valid_from": "2024-01-01"})
    (tmp_path / "criteria.json").write_text(json.dumps(told))
    with pytest.raises(CriteriaRefused, match="2024-01-01"):
        criteria_file.read(tmp_path / "criteria.json")


def test_a_project_is_told_by_the_policy_version_in_force_on_its_day() -> None:
    first = policies.policy("ah-2023-2025")
    halved = replace(first.clauses["3.park-sample"], cap_fen=1_000 * WAN)
    versions = {
        **policies.versions(),
        "ah-2023-2025": (
            replace(first, valid_to=date(2024, 12, 31)),
            replace(first, version=2, valid_from=date(2025, 1, 1), clauses={**first.clauses, "3.park-sample": halved}),
        ),
    }
    done = {**DONE, "programme": "PARK_SAMPLE"}
    rows = entitlements(
        facts(
            project=[
                project(**{**done, "project_code": "A", "actual_completion": date(2024, 12, 31)}),
                project(**{**done, "project_code": "B"}),
            ],
            award=[],
        ),
        criteria(),
        versions,
    ).filter(clause="3.park-sample")
    assert rows.select("project_code", "version", "entitled", "verdict").rows() == [
        ("A", 1, 2_000 * WAN, "ENTITLED"),
        ("B", 2, 1_000 * WAN, "ENTITLED"),
    ]
    assert FIRM in rows["enterprise"]
