"""huiliu oversight as its users see it: rules, what stands, rehearsal, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from oversight.rule_files import FOLDER, shipped


def own(folder: Path, **changes: Any) -> Path:
    rule = json.loads((FOLDER / "OV-PJ-POINTS.json").read_text("utf-8"))
    rule["versions"][0].update(changes)
    file = folder / "OV-PJ-POINTS.json"
    file.write_text(json.dumps(rule), "utf-8")
    return file


def test_rules_are_listed_with_norm_thresholds_and_deadlines(huiliu: Any) -> None:
    shown = huiliu("oversight", "rules").out
    assert all(code in shown for code in shipped().codes())
    assert "30 个百分点" in shown and "银川" in shown and "整改 20 个工作日" in shown
    told = huiliu("oversight", "rules", "--json").last["rules"]
    points = next(rule for rule in told if rule["code"] == "OV-PJ-POINTS")
    assert points["parameters"]["red"] == {"number": 30.0, "unit": "point"}
    assert huiliu("oversight", "rules", "--on", "1999-01-01", "--json").last["rules"] == []


def test_a_rule_file_with_faults_is_refused_with_all_of_them(huiliu: Any, tmp_path: Path) -> None:
    file = own(tmp_path, severity="ORANGE", colour=1)
    answer = huiliu("oversight", "rules", str(file), "--json")
    assert answer.code == 2
    assert [fault["place"] for fault in answer.last["faults"]] == ["versions[0].colour", "versions[0].severity"]
    assert f"{file}: versions[0].severity" in answer.err and "NOTICE、YELLOW、RED" in answer.err
    assert huiliu("oversight", "rehearse", str(file), "--from", "2025-01-01", "--to", "2025-02-01").code == 2


def test_the_provinces_own_folder_takes_the_place_of_shipped_rules(
    huiliu: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own(tmp_path, days_to_mend=5)
    monkeypatch.setenv("HUILIU_OVERSIGHT_RULES", str(tmp_path))
    told = huiliu("oversight", "rules", "--json").last["rules"]
    assert len(told) == len(shipped().codes())
    assert next(rule for rule in told if rule["code"] == "OV-PJ-POINTS")["days_to_mend"] == 5


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("matters", "--as-of", "soon"), "无法识别时间"),
        (("matters", "--rule", "OV-XX"), "OV-PJ-POINTS"),
        (("matters", "--division", "340199"), "没有行政区划"),
        (("rules", "--on", "2025-02-30"), "2025-06-10"),
    ],
)
def test_what_cannot_be_asked_is_refused_with_what_can(huiliu: Any, arguments: tuple[str, ...], said: str) -> None:
    answer = huiliu("oversight", *arguments)
    assert answer.code == 2
    assert said in answer.err


def test_a_span_that_ends_before_it_begins_is_refused(huiliu: Any, tmp_path: Path) -> None:
    answer = huiliu("oversight", "rehearse", str(own(tmp_path)), "--from", "2025-02-01", "--to", "2025-01-01")
    assert answer.code == 2 and "早于" in answer.err


def test_a_rehearsal_needs_something_to_try(huiliu: Any) -> None:
    span = ("--from", "2025-01-01", "--to", "2025-02-01")
    assert "--without" in huiliu("oversight", "rehearse", *span).err
    assert "OV-PJ-POINTS" in huiliu("oversight", "rehearse", *span, "--without", "OV-XX").err


@pytest.mark.live
def test_matters_and_a_rehearsal_over_a_live_warehouse(
    at_hub: Any, huiliu: Any, event: Any, written: Any, tmp_path: Path
) -> None:
    late = {"month": "2026-06", "progress": 30.0, "planned_start": "2026-01-01", "planned_completion": "2026-12-31"}
    huiliu("publisher", "add", "340100", "--kinds", "project")
    told = event("project", **late)
    assert huiliu("publish", str(written(told)), "--kind", "project", "--as", "340100").code == 0
    at_hub.worker()
    at_hub.wait_for(1)
    found = huiliu("oversight", "matters", "--json").last
    (matter,) = found["matters"]
    assert (matter["rule"], matter["severity"], matter["subject"]) == ("OV-PJ-PACE", "YELLOW", told["project_code"])
    assert matter["evidence"][0] == {
        "kind": "project", "project_code": told["project_code"], "month": "2026-06", "revision": told["revision"],
    }  # fmt: skip
    assert "仅完成时序进度的 60.5%" in huiliu("oversight", "matters").out
    assert "成立 0 个问题" in huiliu("oversight", "matters", "--as-of", "2026-01-01").out

    rule = json.loads((FOLDER / "OV-PJ-POINTS.json").read_text("utf-8"))["versions"][0]["parameters"]
    stricter = own(tmp_path, parameters=rule | {"red": {"number": 15, "unit": "point"}})
    span = ("--from", "2026-07-01", "--to", "2026-07-03")
    then = huiliu("oversight", "rehearse", str(stricter), *span, "--json").last
    assert (then["judged"], then["of"]) == (3, 0)  # nothing was known yet
    assert "--hindsight" in huiliu("oversight", "rehearse", str(stricter), *span).out
    now = huiliu("oversight", "rehearse", str(stricter), *span, "--hindsight", "--json").last
    assert now["cities"] == [{"city": "340100", "OPENS": 0, "FLIPS": 1, "GONE": 0, "STAYS": 0}]
    shown = huiliu("oversight", "rehearse", str(stricter), *span, "--hindsight").out
    assert "黄灯 → 红灯" in shown and "将变级" in shown and "未改变任何数据" in shown
