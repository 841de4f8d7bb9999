"""Rule files: what is refused, with file, place and what is allowed; and what versions mean."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oversight.errors import RuleFileRefused
from oversight.rule import as_json
from oversight.rule_files import FOLDER, load, shipped
from oversight.wording import told

Change = Callable[[dict[str, Any]], object]
POINTS: dict[str, Any] = json.loads((FOLDER / "OV-PJ-POINTS.json").read_text("utf-8"))


def written(folder: Path, change: Change = lambda rule: None, code: str = "OV-PJ-POINTS") -> Path:
    rule = copy.deepcopy(POINTS)
    change(rule)
    file = folder / f"{code}.json"
    file.write_text(json.dumps(rule), "utf-8")
    return file


def refused(file: Path) -> list[tuple[str, str]]:
    with pytest.raises(RuleFileRefused) as refusal:
        load([file])
    assert all(fault.file == str(file) for fault in refusal.value.faults)
    assert str(file) in str(refusal.value)
    return [(fault.place, fault.en) for fault in refusal.value.faults]


def second(**changes: Any) -> Change:
    """A second version after the first, which then ends with 2024."""

    def change(rule: dict[str, Any]) -> None:
        later = copy.deepcopy(rule["versions"][0])
        rule["versions"][0]["valid_to"] = "2024-12-31"
        rule["versions"].append(later | {"version": 2, "valid_from": "2025-01-01"} | changes)

    return change


def first(**changes: Any) -> Change:
    return lambda rule: rule["versions"][0].update(changes)


def parameters(**changes: Any) -> Change:
    return lambda rule: rule["versions"][0]["parameters"].update(changes)


def red(**changes: Any) -> Change:
    return lambda rule: rule["versions"][0]["parameters"]["red"].update(changes)


FIRST = "versions[0]"
RED = "versions[0].parameters.red"


@pytest.mark.parametrize(
    ("change", "place", "said"),
    [
        (lambda r: r.update(colour="red"), "colour", "Allowed: code, family, versions"),
        (first(threshhold=3), f"{FIRST}.threshhold", "no such field"),
        (lambda r: r["versions"][0].pop("norm"), f"{FIRST}.norm", "missing"),
        (first(norm=" "), f"{FIRST}.norm", "empty"),
        (first(days_to_mend="20"), f"{FIRST}.days_to_mend", "whole number from 1 to 366"),
        (first(days_to_mend=True), f"{FIRST}.days_to_mend", "whole number"),
        (first(severity="ORANGE"), f"{FIRST}.severity", "NOTICE, YELLOW, RED"),
        (first(detector="project.late"), f"{FIRST}.detector", "project.behind_points"),
        (parameters(blue={"number": 1, "unit": "point"}), f"{FIRST}.parameters.blue", "yellow, red, catch_up"),
        (lambda r: r["versions"][0]["parameters"].pop("red"), RED, "missing"),
        (red(unit="furlong"), f"{RED}.unit", "Allowed: point"),
        (red(unit="month"), f"{RED}.unit", "point, not month"),
        (red(number="30"), f"{RED}.number", "from 0 to 100"),
        (red(number=130), f"{RED}.number", "from 0 to 100"),
        (red(number=5), f"{FIRST}.parameters", "catch_up ≤ yellow ≤ red"),
        (first(valid_from="2020-02-30"), f"{FIRST}.valid_from", "no day"),
        (first(valid_to="2019-01-01"), f"{FIRST}.valid_to", "before valid_from"),
        (first(divisions=["999999"]), f"{FIRST}.divisions[0]", "no division"),
        (first(divisions=340000), f"{FIRST}.divisions", "an array"),
        (first(verification="DOCUMENT"), f"{FIRST}.document_day", "must be there"),
        (first(document_day=10), f"{FIRST}.document_day", "only then"),
        (lambda r: r["versions"][0]["title"].update(en="{colour}"), f"{FIRST}.title.en", "{subject}"),
        (lambda r: r["versions"][0]["title"].update(zh="{value"), f"{FIRST}.title.zh", "braces"),
        (lambda r: r["versions"][0]["title"].update(zh="{value:>9}"), f"{FIRST}.title.zh", "not allowed"),
        (lambda r: r["versions"][0]["escalation"].reverse(), f"{FIRST}.escalation", "grow"),
        (lambda r: r["versions"][0]["escalation"][0].update(to="MAYOR"), f"{FIRST}.escalation[0].to", "CITY, PROVINCE"),
        (lambda r: r.update(versions=[]), "versions", "at least one"),
        (lambda r: r.update(versions={}), "versions", "an array"),
        (second(valid_from="2024-12-31"), "versions[1].valid_from", "overlaps version 1 (2020-01-01 to 2024-12-31)"),
        (second(valid_from="2025-02-01"), "versions[1].valid_from", "no version from 2025-01-01 to 2025-01-31"),
        (second(version=1), "versions[1].version", "greater than 1"),
        (second(gap_reason="none"), "versions[1].gap_reason", "no gap"),
    ],
)  # fmt: skip
def test_what_no_rule_can_say_is_refused_with_its_place_and_what_is_allowed(
    tmp_path: Path, change: Change, place: str, said: str
) -> None:
    faults = dict(refused(written(tmp_path, change)))
    assert set(faults) == {place}
    assert said in faults[place]


def test_a_file_of_a_folder_is_named_for_its_rule_and_a_candidate_alone_may_be_called_anything(tmp_path: Path) -> None:
    file = written(tmp_path, lambda rule: rule.update(code="OV-PJ-OTHER"))
    assert load([file]).codes() == ("OV-PJ-OTHER",)
    with pytest.raises(RuleFileRefused, match=r"OV-PJ-OTHER\.json"):
        load([tmp_path])


def test_a_version_without_end_overlaps_whatever_follows(tmp_path: Path) -> None:
    def change(rule: dict[str, Any]) -> None:
        second()(rule)
        rule["versions"][0]["valid_to"] = None

    assert dict(refused(written(tmp_path, change)))["versions[1].valid_from"].startswith("overlaps")


def test_all_faults_of_all_files_are_told_at_once(tmp_path: Path) -> None:
    written(tmp_path, first(severity=1, days_are="WEEK"))
    (tmp_path / "OV-PJ-BROKEN.json").write_text("{", "utf-8")
    (tmp_path / "OV-PJ-TWICE.json").write_text('{"code": "A", "code": "B"}', "utf-8")
    (tmp_path / "OV-PJ-NAN.json").write_text('{"code": NaN}', "utf-8")
    (tmp_path / "OV-PJ-LATIN.json").write_bytes(b'{"code": "\xe9"}')
    with pytest.raises(RuleFileRefused) as refusal:
        load([tmp_path])
    assert sorted((Path(f.file).stem, f.place) for f in refusal.value.faults) == [
        ("OV-PJ-BROKEN", "1:2"),
        ("OV-PJ-LATIN", ""),
        ("OV-PJ-NAN", ""),
        ("OV-PJ-POINTS", "versions[0].days_are"),
        ("OV-PJ-POINTS", "versions[0].severity"),
        ("OV-PJ-TWICE", "code"),
    ]


def test_a_gap_that_is_meant_says_why(tmp_path: Path) -> None:
    rules = load([written(tmp_path, second(valid_from="2025-07-01", gap_reason="suspended for the census"))])
    assert [rule.version for rule in rules.in_force(date(2025, 6, 30))] == []
    assert [rule.version for rule in rules.in_force(date(2024, 12, 31))] == [1]
    assert [rule.version for rule in rules.in_force(date(2025, 7, 1))] == [2]


def test_a_file_or_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    assert refused(tmp_path / "none.json")[0][1].startswith("cannot be read")
    assert refused(tmp_path)[0][1].startswith("no .json")


def test_ones_own_rule_replaces_the_shipped_one_of_its_code_and_leaves_the_others(tmp_path: Path) -> None:
    own = load([written(tmp_path, first(days_to_mend=5))])
    both = shipped().with_own(own)
    assert both.codes() == shipped().codes()
    assert both.rule("OV-PJ-POINTS", 1).days_to_mend == 5
    assert both.rule("OV-PJ-START", 1) == shipped().rule("OV-PJ-START", 1)


LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text()
NAMES = st.sampled_from(["code", "family", "versions", "number"]) | st.text(max_size=5)
JSON = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=4), max_leaves=20
)


@settings(max_examples=40, deadline=None)
@given(JSON)
def test_no_json_makes_the_loader_fail_in_another_way_than_by_refusing(
    tmp_path_factory: pytest.TempPathFactory, value: Any
) -> None:
    file = tmp_path_factory.mktemp("rules") / "OV-A.json"
    file.write_text(json.dumps(value), "utf-8")
    with pytest.raises(RuleFileRefused):
        load([file])


@settings(max_examples=40, deadline=None)
@given(
    st.sampled_from(sorted(POINTS["versions"][0])),
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.lists(st.integers(), max_size=2) | st.just({}),
)
def test_no_value_of_a_field_makes_the_loader_fail_in_another_way_than_by_refusing(
    tmp_path_factory: pytest.TempPathFactory, name: str, value: Any
) -> None:
    file = written(tmp_path_factory.mktemp("rules"), lambda rule: rule["versions"][0].update({name: value}))
    try:
        load([file])
    except RuleFileRefused as refusal:
        elsewhere = {"verification": "versions[0].document_day", "valid_from": "versions[0].valid_to"}
        allowed = (f"versions[0].{name}", elsewhere.get(name, f"versions[0].{name}"))
        assert all(fault.place.startswith(allowed) for fault in refusal.faults)


def test_every_shipped_rule_reads_back_as_its_file_says() -> None:
    for rule in shipped().versions:
        told_by_file = json.loads((FOLDER / f"{rule.code}.json").read_text("utf-8"))
        version = next(v for v in told_by_file["versions"] if v["version"] == rule.version)
        assert version.items() <= as_json(rule).items()


def test_every_shipped_text_can_be_filled() -> None:
    matter = {
        "division": 340104,
        "subject": "S",
        "period": "2025-06",
        "value": 31.5,
        "threshold": 30.0,
        "unit": "point",
    }
    matter |= {"severity": "RED", "seen": datetime(2025, 5, 31, 16, tzinfo=UTC)}
    for rule in shipped().versions:
        words = told(rule, matter)
        assert "S" in words.title.zh
        assert "S" in words.title.en
        assert not set("{}") & set(words.text.zh + words.text.en + words.mend.zh + words.mend.en)
    points = told(shipped().rule("OV-PJ-POINTS", 1), matter)
    assert points.title.zh == "项目 S 进度落后计划 31.5 个百分点"
    assert "red, by the line at 30 percentage points; so since 2025-06-01." in points.text.en
