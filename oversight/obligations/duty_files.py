"""Loading duties: shipped ones from ``duties/``, or a province's own folder in their place.

A file is named by the code of its duty::

    {"code": "OB-AWARD-MONTH", "obligation": "AWARD", "period": "month", "owed_by": "DIVISIONS",
     "versions": [{"version": 1, "valid_from": "2020-01-01", "valid_to": null, "levels": ["county"],
                   "deadline": {"number": 5, "unit": "workday"}, "pursued": {"number": 366, "unit": "day"}, …}]}

Read as strictly as rules: unknown fields and units, validity that overlaps or leaves an unexplained gap, and a second
duty for the same obligation and kind of period are refused, all faults at once.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Final

from huiliu import division
from huiliu.settings import Settings
from oversight.errors import DutyFileRefused, Fault
from oversight.obligations.duty import (
    COUNTS_FROM,
    DEADLINE_UNITS,
    IF_NO_WORKDAY,
    LEVELS,
    OBLIGATIONS,
    OWED_BY,
    Deadline,
    Duty,
)
from oversight.reading import Reading, at, complete, shown
from oversight.rule import Words
from oversight.rule_files import hold_validity

FOLDER: Final = Path(__file__).parent / "duties"
PERIODS: Final = ("day", "month", "quarter", "year")

_CODE: Final = re.compile(r"OB(-[A-Z0-9]{1,20}){1,4}")
_HEAD: Final = ("code", "obligation", "period", "owed_by", "versions")
_NEEDED: Final = ("version", "valid_from", "valid_to", "deadline", "pursued", "norm", "title")
_OPTIONAL: Final = ("levels", "divisions", "least", "counts_from", "gap_reason")
_LONGEST: Final = 400  # days or hours of a deadline


@cache
def shipped() -> tuple[Duty, ...]:
    """The duties that come with the hub."""
    return load([FOLDER])


def in_use() -> tuple[Duty, ...]:
    """The shipped duties, or all those of the province's own folder (HUILIU_OVERSIGHT_DUTIES) in their place."""
    own = Settings.from_environment().oversight_duties
    return shipped() if own is None else load([own])


def load(paths: Iterable[Path]) -> tuple[Duty, ...]:
    """Every version of every duty in files and folders of ``*.json``. Raises DutyFileRefused with all faults."""
    faults: list[Fault] = []
    duties: list[Duty] = []
    owed: dict[tuple[str, str], Path] = {}
    for path in (one for given in paths for one in _files(given, faults)):
        reading = Reading(str(path))
        read = _read(reading, path)
        for key in dict.fromkeys((duty.obligation, duty.period) for duty in read):
            if key in owed:
                told = f"{key[0]} {key[1]}"
                reading.fault("", f"{told} 已由 {owed[key]} 规定", f"{owed[key]} is about {told} already")
            owed[key] = path
        faults += reading.faults
        duties += read
    if faults:
        raise DutyFileRefused(faults)
    return tuple(sorted(duties, key=lambda duty: (duty.code, duty.version)))


def _files(path: Path, faults: list[Fault]) -> list[Path]:
    found = sorted(path.glob("*.json")) if path.is_dir() else [path]
    if not found:
        faults.append(Fault(str(path), "", "目录中没有 .json 文件", "no .json file in this folder"))
    return found


def _read(reading: Reading, path: Path) -> list[Duty]:
    told = reading.fields(reading.document(path), "", _HEAD) if not reading.faults else {}
    if reading.faults:
        return []
    head = {
        "code": reading.matching(told["code"], "code", _CODE, "OB-PROJECT-MONTH"),
        "obligation": reading.one_of(told["obligation"], "obligation", tuple(OBLIGATIONS)),
        "period": reading.one_of(told["period"], "period", PERIODS),
        "owed_by": reading.one_of(told["owed_by"], "owed_by", OWED_BY),
    }
    if head["code"] is not None and path.stem != head["code"]:
        reading.fault("code", f"文件名应为 {head['code']}.json", f"the file must be named {head['code']}.json")
    if head["owed_by"] == "OUTLETS" and (head["obligation"], head["period"]) != ("READING", "day"):
        reading.fault("owed_by", "OUTLETS 只用于 READING 与 day", "OUTLETS owe READING by the day, nothing else")
    members = reading.of_type(told["versions"], "versions", list) or []
    if not members:
        reading.fault("versions", "至少一个版本", "at least one version")
    outlets = head["owed_by"] == "OUTLETS"
    versions = [_Version(reading, f"versions[{n}]", member, outlets) for n, member in enumerate(members)]
    hold_validity(reading, versions)
    return [] if reading.faults else [version.duty(head) for version in versions]


@dataclass
class _Version:
    """One version as read; ``duty`` may be called once the file is without faults."""

    reading: Reading
    place: str
    member: Any
    outlets: bool

    def __post_init__(self) -> None:
        reading, place = self.reading, self.place
        told = self.told = reading.fields(self.member, place, _NEEDED, _OPTIONAL)
        self.version = self._at("version", reading.whole, 1, 10_000)
        self.valid_from: date | None = self._at("valid_from", reading.day)
        self.valid_to: date | None = self._at("valid_to", reading.day) if told.get("valid_to") is not None else None
        self.gap_reason = self._at("gap_reason", reading.text)
        self._only_of("least", self.outlets)
        self._only_of("levels", not self.outlets)
        self.values = {
            "levels": tuple(self._at("levels", reading.items, self._level) or ()),
            "divisions": self._divisions(),
            "deadline": self._at("deadline", self._deadline),
            "counts_from": self._at("counts_from", reading.one_of, COUNTS_FROM) or COUNTS_FROM[0],
            "least_hours": self._at("least", self._quantity, 24, ("hour",)),
            "pursued_days": self._at("pursued", self._quantity, 3660, ("day",)),
            "norm": self._at("norm", reading.text),
            "title": self._at("title", self._words),
        }

    def duty(self, head: dict[str, Any]) -> Duty:
        """The version as a duty."""
        dated = {"version": self.version, "valid_from": self.valid_from, "valid_to": self.valid_to}
        return Duty(**head, **dated, **self.values)

    def _at(self, name: str, read: Any, *bounds: Any) -> Any:
        return read(self.told[name], at(self.place, name), *bounds) if name in self.told else None

    def _only_of(self, name: str, wanted: bool) -> None:
        if wanted != (name in self.told):
            zh, en = ("缺少此字段", "is missing") if wanted else ("此处不用", "has no meaning here")
            self.reading.fault(at(self.place, name), zh, en)

    def _level(self, value: Any, place: str) -> str | None:
        level: str | None = self.reading.one_of(value, place, LEVELS)
        return level

    def _divisions(self) -> tuple[str, ...] | None:
        if self.told.get("divisions") is None:
            return None
        return tuple(self.reading.items(self.told["divisions"], at(self.place, "divisions"), self._division))

    def _division(self, value: Any, place: str) -> str | None:
        if isinstance(value, str) and division.known(value):
            return value
        wanted = "GB/T 2260 六位代码文本", "a text of six digits, GB/T 2260"
        return self.reading.fault(  # type: ignore[func-returns-value]
            place, f"{shown(value)} 不是{wanted[0]}", f"{shown(value)} is not {wanted[1]}"
        )

    def _quantity(self, value: Any, place: str, most: int, units: tuple[str, ...]) -> int | None:
        told = self.reading.fields(value, place, ("number", "unit"))
        if len(told) < 2:
            return None
        self.reading.one_of(told["unit"], at(place, "unit"), units)
        return self.reading.whole(told["number"], at(place, "number"), 1, most)

    def _deadline(self, value: Any, place: str) -> Deadline | None:
        told = self.reading.fields(value, place, ("number", "unit"), ("if_no_workday",))
        read = {
            "number": self.reading.whole(told.get("number"), at(place, "number"), 1, _LONGEST),
            "unit": self.reading.one_of(told.get("unit"), at(place, "unit"), DEADLINE_UNITS),
        }
        if not complete(read, read):
            return None
        if (read["unit"] == "day") != ("if_no_workday" in told):
            self.reading.fault(
                at(place, "if_no_workday"),
                "单位为 day 时必填，否则不填",
                "must be there when the unit is day, and only then",
            )
            return None
        rolls = read["unit"] == "day" and self.reading.one_of(
            told["if_no_workday"], at(place, "if_no_workday"), IF_NO_WORKDAY
        )
        return Deadline(int(read["number"] or 0), str(read["unit"]), rolls == "next_workday")

    def _words(self, value: Any, place: str) -> Words | None:
        told = self.reading.fields(value, place, ("zh", "en"))
        zh, en = (self.reading.text(told[n], at(place, n)) if n in told else None for n in ("zh", "en"))
        return Words(zh, en) if zh is not None and en is not None else None
