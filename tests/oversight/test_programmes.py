"""Programmes with targets of their own: the words, the numbers, and what is reached."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from oversight import programme as programmes
from oversight.errors import OversightError, RuleFileRefused
from oversight.programme import FILE, programme, shipped, standing
from schemas.contract import code_table
from tests.oversight.rows import facts, indicator, project

AFTER = datetime(2026, 2, 1, tzinfo=UTC)


def stood(code: str, year: int, as_of: datetime = AFTER, **rows: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    given = {"indicator": [], "project": [], **rows}
    return {row["target"]: row for row in standing(programme(code), facts(**given), year, as_of).to_dicts()}


def test_every_target_is_in_the_words_it_quotes() -> None:
    for one in shipped():
        for target in one.targets:
            told = code_table("indicator")[target.code].extra
            assert f"{told['value']:g}" in target.quote
            assert told["province"] == one.province
            if "year" in told:
                assert str(told["year"]) in target.quote


def test_no_target_of_a_policy_is_left_out() -> None:
    named = [target.code for one in shipped() for target in one.targets]
    assert sorted(named) == sorted(code for code in code_table("indicator") if code.endswith(".target"))


def test_gansu_diagnoses_fifty_a_hundred_and_two_hundred_firms_in_three_years() -> None:
    wanted = [
        stood("gs-diagnosis-2020", year)[f"diagnosed-firms-{year}.target"]["wanted"] for year in (2020, 2021, 2022)
    ]
    assert wanted == [50, 100, 200]
    assert sum(wanted) == 350  # 1774 户规上企业的 20% 约 350 户
    assert {row["wanted"] for row in stood("gs-diagnosis-2020", 2022).values()} == {200, 500, 50}
    assert stood("gs-diagnosis-2020", 2023) == {}


def test_completed_projects_count_where_nobody_reported_a_figure() -> None:
    """60 firms diagnosed by the middle of 2021, of 100 in the year: 49.59 were due."""
    done = {"programme": "DIAGNOSIS", "stage": "COMPLETED", "division": 620102}
    projects = [project(**done, project_code=f"D{n}", actual_completion=date(2021, 3, 1)) for n in range(60)]
    projects.append(project(**done, project_code="later", actual_completion=date(2021, 7, 2)))
    projects.append(
        project(**{**done, "division": 340104}, project_code="elsewhere", actual_completion=date(2021, 3, 1))
    )
    middle = datetime(2021, 6, 30, 12, tzinfo=UTC)
    row = stood("gs-diagnosis-2020", 2021, middle, project=projects)["diagnosed-firms-2021.target"]
    assert (row["reached"], row["by"], row["projects"], row["line"], row["state"]) == (
        60,
        "PROJECTS",
        60,
        49.59,
        "ON_LINE",
    )
    told = indicator(division=620000, indicator="diagnosed-firms", period="2021Q1", value=40.0, unit="户")
    row = stood("gs-diagnosis-2020", 2021, middle, project=projects, indicator=[told])["diagnosed-firms-2021.target"]
    assert (row["reached"], row["by"], row["projects"], row["state"]) == (40, "FIGURE", 60, "BEHIND")


def quarter(number: int, value: float, **changes: Any) -> dict[str, Any]:
    told = {"indicator": "demonstration-projects", "period": f"2025Q{number}", "value": value, **changes}
    return indicator(**told)


@pytest.mark.parametrize(
    ("figures", "reached", "by"),
    [
        ([quarter(1, 20, division=340000), quarter(2, 30, division=340000)], 50, "FIGURE"),
        (
            [quarter(1, 20, division=340000, cumulative=True), quarter(2, 45, division=340000, cumulative=True)],
            45,
            "FIGURE",
        ),
        ([quarter(1, 20), quarter(1, 12, division=341200), quarter(2, 8, division=341200)], 40, "CITIES"),
        ([quarter(1, 20), quarter(1, 99, division=320100)], 20, "CITIES"),
        ([quarter(1, 20, division=340000, period="2024Q4")], None, None),
        ([], None, None),
    ],
)
def test_reached_is_the_provinces_figure_else_the_sum_of_its_cities(
    figures: list[dict[str, Any]], reached: float | None, by: str | None
) -> None:
    row = stood("ah-digital-2023", 2025, indicator=figures)["demonstration-projects.target"]
    assert (row["reached"], row["by"]) == (reached, by)
    assert row["state"] == ("NO_FIGURE" if reached is None else "BEHIND")
    assert row["share"] == reached  # of a hundred


def test_a_share_by_the_end_of_a_year_has_no_line_and_no_sum() -> None:
    rate = {"indicator": "platform-adoption-rate", "unit": "%", "period": "2024-12"}
    row = stood("ah-digital-2023", 2024, indicator=[indicator(**rate, value=41.0, division=340000)])
    row = row["platform-adoption-rate.target"]
    assert (row["reached"], row["line"], row["state"], row["until"]) == (41.0, None, "OPEN", 2025)
    cities = [indicator(**rate, value=50.0), indicator(**rate, value=44.0, division=341200)]
    assert stood("ah-digital-2023", 2024, indicator=cities)["platform-adoption-rate.target"]["state"] == "NO_FIGURE"
    late = indicator(**{**rate, "period": "2025-12"}, value=45.0, division=340000)
    assert stood("ah-digital-2023", 2025, indicator=[late])["platform-adoption-rate.target"]["state"] == "REACHED"


def test_a_count_by_the_end_of_a_year_is_added_up_since_the_start() -> None:
    """500 firms by the end of 2022 from May 2020: at the end of 2021 611 of 975 days are gone."""
    yearly = [
        indicator(division=620000, indicator="transformed-firms", period=str(year), value=value, unit="户")
        for year, value in ((2020, 100.0), (2021, 220.0))
    ]
    row = stood("gs-diagnosis-2020", 2021, indicator=yearly)["transformed-firms.target"]
    assert (row["reached"], row["line"], row["state"]) == (320, 312.82, "ON_LINE")
    running = [{**one, "cumulative": True} for one in yearly]
    assert stood("gs-diagnosis-2020", 2021, indicator=running)["transformed-firms.target"]["reached"] == 220


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ('"target": "solutions.target"', '"target": "solutions"', "solutions"),
        ('"province": "620000"', '"province": "620100"', "620100"),
        ('"valid_from": "2020-05-01"', '"valid_from": "2020-05-32"', "2020-05-32"),
        ('"counts": null', '"count": null', "count"),
        ('"DIAGNOSIS"', '"DIAGNOSES"', "DIAGNOSES"),
        ('"gs-diagnosis-2020"', '"ah-digital-2023"', "ah-digital-2023"),
    ],
)
def test_a_file_of_programmes_that_cannot_be_is_refused(tmp_path: Path, old: str, new: str, named: str) -> None:
    text = FILE.read_text("utf-8")
    assert old in text
    (tmp_path / "programmes.json").write_text(text.replace(old, new), "utf-8")
    with pytest.raises(RuleFileRefused, match=named):
        programmes.read(tmp_path / "programmes.json")
    with pytest.raises(OversightError, match="gs-diagnosis-2020"):
        programme("none")
    assert json.loads(text)["programmes"]
