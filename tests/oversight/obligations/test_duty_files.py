"""Files of duties are read strictly: what is wrong is refused with its place, all of it at once."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from huiliu.period import containing
from oversight.errors import DutyFileRefused
from oversight.obligations.duty_files import FOLDER, load, shipped


def document() -> dict[str, Any]:
    read: dict[str, Any] = json.loads((FOLDER / "OB-PROJECT-MONTH.json").read_text("utf-8"))
    return read


def refused(tmp_path: Path, *told: dict[str, Any]) -> list[str]:
    for number, one in enumerate(told):
        (tmp_path / f"{one.get('code', number)}.json").write_text(json.dumps(one), "utf-8")
    with pytest.raises(DutyFileRefused) as caught:
        load([tmp_path])
    return [f"{fault.place}: {fault.en}" for fault in caught.value.faults]


def test_shipped_duties_cover_what_is_owed_monthly_yearly_and_by_the_hour() -> None:
    assert {(duty.obligation, duty.period) for duty in shipped()} == {
        ("PROJECT", "month"), ("AWARD", "month"), ("INDICATOR", "month"), ("INDICATOR", "year"), ("READING", "day"),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"deadlin": 1}, "versions[0].deadlin: no such field"),
        ({"deadline": {"number": 5, "unit": "week"}}, "versions[0].deadline.unit"),
        ({"deadline": {"number": 5, "unit": "day"}}, "versions[0].deadline.if_no_workday: must be there"),
        ({"deadline": {"number": 5, "unit": "workday", "if_no_workday": "same"}}, "versions[0].deadline.if_no_work"),
        ({"deadline": {"number": 0, "unit": "workday"}}, "versions[0].deadline.number"),
        ({"deadline": {"number": 5, "unit": "workday", "hour": 17}}, "versions[0].deadline.hour: no such field"),
        ({"pursued": {"number": 5, "unit": "hour"}}, "versions[0].pursued.unit"),
        ({"levels": ["village"]}, "versions[0].levels[0]"),
        ({"least": {"number": 20, "unit": "hour"}}, "versions[0].least: has no meaning here"),
        ({"divisions": ["999999"]}, "versions[0].divisions[0]"),
        ({"valid_from": "2024-02-30"}, "versions[0].valid_from"),
        ({"valid_to": "2019-01-01"}, "versions[0].valid_to: before valid_from"),
        ({"norm": " "}, "versions[0].norm"),
    ],
)
def test_what_no_duty_can_say_is_refused_with_its_place(tmp_path: Path, change: dict[str, Any], place: str) -> None:
    told = document()
    told["versions"][0] |= change
    assert any(fault.startswith(place) for fault in refused(tmp_path, told))


@pytest.mark.parametrize(
    ("ends", "begins", "why"),
    [
        (None, "2024-01-01", "overlaps version 1"),
        ("2024-01-01", "2024-01-01", "overlaps version 1"),
        ("2023-12-01", "2024-01-01", "no version from 2023-12-02 to 2023-12-31"),
    ],
)
def test_validity_that_overlaps_or_leaves_a_gap_is_refused(
    tmp_path: Path, ends: str | None, begins: str, why: str
) -> None:
    told = document()
    first = told["versions"][0]
    told["versions"] = [first | {"valid_to": ends}, first | {"version": 2, "valid_from": begins}]
    assert any(why in fault for fault in refused(tmp_path, told))


def test_two_duties_for_the_same_periods_of_an_obligation_are_refused(tmp_path: Path) -> None:
    faults = refused(tmp_path, document(), document() | {"code": "OB-PROJECT-AGAIN"})
    assert any("is about PROJECT month already" in fault for fault in faults)


def test_a_period_is_owed_by_the_version_in_force_on_its_last_day(tmp_path: Path) -> None:
    told = document()
    first = told["versions"][0]
    sooner = first | {"version": 2, "valid_from": "2024-06-15", "deadline": {"number": 3, "unit": "workday"}}
    told["versions"] = [first | {"valid_to": "2024-06-14"}, sooner]
    (tmp_path / "OB-PROJECT-MONTH.json").write_text(json.dumps(told), "utf-8")
    may, june = (containing("month", date(2024, month, 1)) for month in (5, 6))
    assert [[duty.version for duty in load([tmp_path]) if duty.in_force(month)] for month in (may, june)] == [[1], [2]]


def test_an_empty_folder_and_no_json_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DutyFileRefused):
        load([tmp_path])
    (tmp_path / "OB-X.json").write_bytes(b"{")
    with pytest.raises(DutyFileRefused, match=r"OB-X\.json"):
        load([tmp_path])
