"""huiliu tracking and region, as a user runs them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from oversight import rule_files
from oversight.mechanisms import criteria

REPORTS = """
insert into {table} (project_code, division, city, name, enterprise, industry, programme, tier, stage, month,
    planned_investment, cumulative_investment, progress, planned_start, planned_completion, actual_start, revision,
    reported_at, flagged, content, received_at, intake, "offset", known_from{past})
select code, division, division / 100 * 100, code, '91340100MA2MQ1232Q', '3670', 'MAJOR_PROJECT', 'PROVINCE', stage,
    month, 10000000000, cast(progress as bigint) * 100000000, progress, date '2025-01-01', date '2025-12-31',
    date '2025-01-05', revision, known,
    false, 0, known, 1, nr, known{values}
from (values {rows}) told (code, division, stage, month, progress, revision, nr, known)
"""
FIRST = "('A', 340104, 'BUILDING', '2025-05', 30, 1, 1, timestamptz '2025-06-02')"
NOW = (
    "('A', 340104, 'BUILDING', '2025-06', 45, 2, 3, timestamptz '2025-07-02'), "
    "('B', 341202, 'STOPPED', '2025-06', 12, 1, 2, timestamptz '2025-07-02')"
)
EIGHT = ("monthly", "quarterly", "on-site", "consultation", "adjustment", "reserve", "responsibility", "risk")


@pytest.mark.live
def test_the_hubs_projects_go_through_the_mechanisms_by_period_region_and_moment(
    at_hub: Any, huiliu: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with at_hub.warehouse.batch() as connection:
        connection.execute(text(REPORTS.format(table="project", past="", values="", rows=NOW)))
        past = {"past": ", known_to, cause", "values": ", timestamptz '2025-07-02', 'superseded'"}
        connection.execute(text(REPORTS.format(table="project_history", rows=FIRST, **past)))

    june = ("--period", "2025-06")
    told = huiliu("tracking", "monthly", *june, "--json").last
    assert [(row["project_code"], row["light"], row["invested"]) for row in told["listed"]] == [
        ("B", "RED", None),
        ("A", "GREEN", 1_500_000_000),
    ]
    assert (told["mechanism"], told["period"], told["criteria"]) == ("monthly", "2025-06", 1)
    shown = huiliu("tracking", "monthly", *june).out
    assert "红" in shown and "15,000,000.00" in shown and "首报" in shown
    before = huiliu("tracking", "monthly", *june, "--as-of", "2025-06-10", "--json").last["listed"]
    assert [(row["project_code"], row["month"], row["state"]) for row in before] == [("A", "2025-05", "SILENT")]

    north = huiliu("tracking", "on-site", *june, "--region", "皖北", "--json").last
    assert (north["region"], [row["project_code"] for row in north["listed"]]) == ("wanbei", ["B"])
    assert "→ 40 / 40" in huiliu("tracking", "on-site", *june).out
    cities = huiliu("tracking", "responsibility", *june, "--division", "340100", "--json").last["listed"]
    assert [row["city"] for row in cities] == [340100]
    share = huiliu("tracking", "library", *june, "--region", "wanbei", "--json").last["listed"]
    assert [(row["projects"], row["all"], row["share"]) for row in share] == [(1, 2, 50.0)]
    for one in EIGHT:
        answer = huiliu("tracking", one, *june)
        assert answer.code == 0 and answer.out.count("\n") > 1
    # The province's own rules decide the lights: yellow below 95 % of pace instead of 80.
    own = json.loads((rule_files.FOLDER / "OV-PJ-PACE.json").read_text("utf-8"))
    own["versions"][-1]["parameters"] |= {name: {"number": 95, "unit": "%"} for name in ("yellow", "catch_up")}
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "OV-PJ-PACE.json").write_text(json.dumps(own), "utf-8")
    monkeypatch.setenv("HUILIU_OVERSIGHT_RULES", str(tmp_path / "own"))
    strict = huiliu("tracking", "monthly", *june, "--json").last["listed"]
    assert [(row["project_code"], row["light"]) for row in strict] == [("B", "RED"), ("A", "YELLOW")]
    assert "甘肃" in huiliu("tracking", "programme", "--year", "2022").out
    assert "户" in huiliu("tracking", "programme", "--year", "2022", "--programme", "gs-diagnosis-2020").out


def test_criteria_and_regions_are_shown_with_source_and_validity(huiliu: Any) -> None:
    told = huiliu("tracking", "criteria", "--json").last["mechanisms"]
    assert len(told) == 8 and all(one["parameters"] for one in told)
    assert "100,000,000 yuan" in huiliu("tracking", "criteria").out
    assert {one["region"] for one in huiliu("region", "list", "--json").last["regions"]} == {"subei", "wanbei"}
    assert "连云港" in huiliu("region", "list").out


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (("monthly", "--period", "2025-06-01"), "月、季或年"),
        (("monthly", "--period", "x"), "2026Q2"),
        (("monthly", "--period", "9999"), "尚未开始"),
        (("library", "--period", "9999"), "尚未开始"),
        (("programme", "--year", "0"), "1990"),
        (("monthly", "--period", "2025-06", "--region", "江南"), "皖北"),
        (("monthly", "--period", "2019-06"), "2019-06-30"),
        (("programme", "--year", "2025", "--programme", "x"), "gs-diagnosis-2020"),
    ],
)
def test_what_cannot_be_asked_is_refused_with_what_can(huiliu: Any, arguments: tuple[str, ...], named: str) -> None:
    answer = huiliu("tracking", *arguments)
    assert answer.code == 2
    assert named in answer.err


def test_a_file_of_own_criteria_with_another_unit_is_refused(huiliu: Any, tmp_path: Path) -> None:
    told = json.loads(criteria.FILE.read_text("utf-8"))
    told["mechanisms"][0]["parameters"]["silent"]["unit"] = "day"
    own = tmp_path / "own.json"
    own.write_text(json.dumps(told), "utf-8")
    answer = huiliu("tracking", "monthly", "--period", "2025-06", "--criteria", str(own))
    assert answer.code == 2
    assert "own.json: mechanisms[0].parameters.silent.unit" in answer.err
