"""A policy file is read strictly, and versions of one policy never hold on the same day."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from validators import policies, policy_columns, policy_file
from validators.policy_file import Policy, PolicyRefused, in_order, parse

FOLDER = Path(policies.__file__).parent / "policies"
MEASURES: dict[str, Any] = json.loads((FOLDER / "ah-2023-2025.json").read_text("utf-8"))


def changed(**changes: Any) -> dict[str, Any]:
    return {**json.loads(json.dumps(MEASURES)), **changes}


def with_clause(**changes: Any) -> dict[str, Any]:
    told = changed()
    told["clauses"][0].update(changes)
    return told


def without(name: str) -> dict[str, Any]:
    told = changed()
    del told["clauses"][0][name]
    return told


@pytest.mark.parametrize(
    ("data", "named"),
    [
        (changed(colour="red"), "colour"),
        (with_clause(rate=0.1), "rate"),
        (with_clause(cap_fen=5_000_000.0), "fen"),
        (with_clause(cap_fen="500万元"), "fen"),
        (with_clause(rate_bp=10.5), "bp"),
        (with_clause(rate_bp=True), "bp"),
        (with_clause(cap_fen=-1), "cap_fen"),
        (with_clause(basis="software"), "software"),
        (with_clause(basis=None), "基数"),
        (with_clause(amount_fen=1), "定额"),
        (with_clause(per="city"), "city"),
        (with_clause(one_off="yes"), "one_off"),
        (without("quote"), "quote"),
        (changed(valid_from="2023-02-30"), "2023-02-30"),
        (changed(valid_from=None), "有效期"),
        (changed(valid_to="2022-01-01"), "有效期"),
        (changed(version=0), "version"),
        (changed(clauses=[MEASURES["clauses"][0]] * 2), "重复"),
        (changed(uplift={**MEASURES["uplift"], "divisions": ["999999"]}), "999999"),
        (changed(uplift={**MEASURES["uplift"], "rate_bp": 0.2}), "rate_bp"),
        ([], "policy"),
    ],
)
def test_a_file_that_says_what_cannot_be_is_refused_by_name_and_field(
    data: Any, named: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HUILIU_LANGUAGE", "zh")
    with pytest.raises(PolicyRefused, match=named) as refused:
        parse(data, "draft.json")
    assert "draft.json" in str(refused.value)


def test_a_file_that_is_no_json_is_refused(tmp_path: Path) -> None:
    (tmp_path / "draft.json").write_text("{")
    with pytest.raises(PolicyRefused, match="JSON"):
        policy_file.read(tmp_path / "draft.json")
    with pytest.raises(PolicyRefused, match=r"none\.json"):
        policy_file.read(tmp_path / "none.json")


def version(number: int, first: str, last: str | None) -> Policy:
    return parse(changed(version=number, valid_from=first, valid_to=last), f"{number}.json")


def test_versions_that_hold_on_the_same_day_are_refused_with_the_day_to_end_on() -> None:
    with pytest.raises(PolicyRefused, match="2024-02-29"):
        in_order([version(1, "2023-03-01", None), version(2, "2024-03-01", None)])
    with pytest.raises(PolicyRefused, match="2024-02-29"):
        in_order([version(1, "2023-03-01", "2024-03-01"), version(2, "2024-03-01", None)])
    with pytest.raises(PolicyRefused, match="2"):
        in_order([version(2, "2023-03-01", "2024-02-29"), version(1, "2024-03-01", None)])
    told = in_order([version(2, "2024-03-01", None), version(1, "2023-03-01", "2024-02-29")])
    assert [one.version for one in told["ah-2023-2025"]] == [1, 2]


DAYS = st.dates(date(2020, 1, 1), date(2030, 12, 31))


@settings(deadline=None)
@given(st.lists(st.tuples(DAYS, st.one_of(st.none(), DAYS)), min_size=1, max_size=4))
def test_either_versions_are_refused_or_every_day_has_at_most_one(spans: list[tuple[date, date | None]]) -> None:
    spans = sorted((one for one in spans if one[1] is None or one[0] <= one[1]), key=lambda one: one[0])
    found = [version(n + 1, str(first), last and str(last)) for n, (first, last) in enumerate(spans)]
    days = {day for span in spans for day in span if day is not None}
    twice = any(sum(one.in_force_on(day) for one in found) > 1 for day in days)
    try:
        in_order(found)
    except PolicyRefused:
        assert twice
    else:
        assert not twice


@pytest.fixture
def revised(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The measures of Anhui, and a second version from 2025 whose demonstration cap is 3 million instead of 5."""
    for path in FOLDER.glob("*.json"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    first = changed(valid_to="2024-12-31")
    second = with_clause(cap_fen=300_000_000) | {"version": 2, "valid_from": "2025-01-01"}
    (tmp_path / "ah-2023-2025.json").write_text(json.dumps(first))
    (tmp_path / "ah-2023-2025.2.json").write_text(json.dumps(second))
    monkeypatch.setattr(policies, "_FOLDER", tmp_path)
    forget = (policies.versions, policies.policies, policies.frame)
    for one in forget:
        one.cache_clear()
    yield
    monkeypatch.undo()
    for one in forget:
        one.cache_clear()


@pytest.mark.usefixtures("revised")
def test_a_clause_is_that_of_the_version_in_force_on_the_day() -> None:
    days = (date(2022, 1, 1), date(2024, 12, 31), date(2025, 1, 1), date(2027, 1, 1))
    caps = [policies.clause("ah-2023-2025", "1.demo", day).cap_fen for day in days]
    assert caps == [500_000_000, 500_000_000, 300_000_000, 300_000_000]
    assert policies.clause("ah-2023-2025", "1.demo").cap_fen == 300_000_000


@pytest.mark.usefixtures("revised")
def test_awards_are_held_against_the_version_of_their_fiscal_year() -> None:
    awards = pl.DataFrame(
        {
            "policy": ["ah-2023-2025", "ah-2023-2025", "ah-2020-0493"],
            "clause": ["1.demo", "1.demo", "equipment"],
            "fiscal_year": [2024, 2025, 2025],
            "basis": [10_000_000_000, 10_000_000_000, 100],
            "uplift": [False, False, False],
            "payee_count": [1, 1, 1],
            "division": ["341202", "340104", "340104"],
        }
    )
    told = awards.select(policy_columns.allowed(), area=policy_columns.in_uplift_area(), known=policy_columns.known())
    assert told.rows() == [(500_000_000, True, True), (300_000_000, False, True), (8, None, True)]
