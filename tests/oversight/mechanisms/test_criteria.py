"""Criteria of the mechanisms are dated data with units and sources, read strictly."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from oversight.errors import OversightError, RuleFileRefused
from oversight.mechanisms import criteria as file
from oversight.mechanisms.criteria import criteria


def written(tmp_path: Path, **changes: Any) -> Path:
    told = json.loads(file.FILE.read_text("utf-8"))
    told["mechanisms"][0] |= changes
    path = tmp_path / "own.json"
    path.write_text(json.dumps(told), "utf-8")
    return path


def silent(**changes: Any) -> dict[str, Any]:
    return {"silent": {"number": 1, "unit": "month", "source": "本省", **changes}}


LOWEST = {"lowest": {"number": 1, "unit": "place", "source": "x"}}


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"mechanism": "weekly"}, "weekly"),
        ({"parameters": silent(unit="day")}, "month"),
        ({"parameters": silent(number="1")}, "silent.number"),
        ({"parameters": silent(number=-1)}, "silent.number"),
        ({"parameters": silent(source="")}, "silent.source"),
        ({"parameters": {}}, "silent"),
        ({"parameters": {**silent(), "loud": silent()["silent"]}}, "loud"),
        ({"tiers": ["TOWN"]}, "TOWN"),
        ({"valid_from": "2020-13-01"}, "2020-13-01"),
        ({"colour": "red"}, "colour"),
        (
            {"mechanism": "quarterly", "parameters": {"lowest": {"number": 1, "unit": "place", "source": "x"}}},
            "quarterly",
        ),
    ],
)
def test_criteria_that_cannot_be_are_refused(tmp_path: Path, changes: dict[str, Any], named: str) -> None:
    with pytest.raises(RuleFileRefused, match=named):
        file.read(written(tmp_path, **changes))


def test_criteria_are_those_in_force_on_the_day(tmp_path: Path) -> None:
    known = file.read(written(tmp_path, valid_from="2024-01-01", valid_to="2024-12-31"))
    assert criteria("monthly", date(2024, 12, 31), known).version == 1
    for day in (date(2023, 12, 31), date(2025, 1, 1)):
        with pytest.raises(OversightError, match=str(day)):
            criteria("monthly", day, known)
