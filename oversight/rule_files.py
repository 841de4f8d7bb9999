"""Loading rules of oversight: shipped ones from ``oversight/rules/``, and a province's own from a file or folder.

A file is named by the code of its rule::

    {"code": "OV-PJ-POINTS", "family": "project-light",
     "versions": [{"version": 1, "valid_from": "2020-01-01", "valid_to": null, "detector": "project.behind_points",
                   "parameters": {"yellow": {"number": 10, "unit": "point"}, …}, …}]}

All files are read before anything is refused, and everything that is wrong is told at once: unknown or missing fields,
wrong types, unknown units, detectors, divisions, validity that overlaps, or leaves days uncovered without saying why
(``gap_reason`` on the version after the gap). A rule of one's own replaces the shipped one of the same code whole.
"""

from __future__ import annotations

import re
import string
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, Protocol

from huiliu import division
from oversight.detector import Detector, Parameter
from oversight.errors import Fault, OversightError, RuleFileRefused
from oversight.matter import SEVERITIES
from oversight.reading import Reading, at, shown
from oversight.rule import (
    DAY_KINDS,
    ESCALATE_TO,
    PLACES,
    VERIFICATIONS,
    Damping,
    Escalation,
    Quantity,
    Rule,
    Words,
)
from oversight.units import UNITS

FOLDER: Final = Path(__file__).parent / "rules"
MOST_FILES: Final = 1000
RECURRENCE_DAYS: Final = 30
DAMPING: Final = Damping(returns=3, within_days=30, quiet_days=7)
ESCALATION: Final = (Escalation(3, "CITY"), Escalation(10, "PROVINCE"))

_CODE: Final = re.compile(r"[A-Z]{2}(-[A-Z0-9]{1,20}){1,4}")
_FAMILY: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+){0,5}")
_TEXTS: Final = ("title", "text", "mend")
_NEEDED: Final = (
    "version", "valid_from", "valid_to", "detector", "parameters", "severity", "norm", "responsible",
    "days_to_answer", "days_to_mend", "days_are", "verification", *_TEXTS,
)  # fmt: skip
_OPTIONAL: Final = ("divisions", "document_day", "recurrence_days", "damping", "escalation", "gap_reason")


@dataclass(frozen=True)
class Rules:
    """Every version of every rule, in the order of code and version."""

    versions: tuple[Rule, ...]

    def in_force(self, day: date) -> tuple[Rule, ...]:
        """The rules in force on a Shanghai day, at most one version of each."""
        return tuple(rule for rule in self.versions if rule.in_force(day))

    def rule(self, code: str, version: int) -> Rule:
        """One version. Raises OversightError."""
        for rule in self.versions:
            if (rule.code, rule.version) == (code, version):
                return rule
        raise OversightError(f"no version {version} of a rule {code!r}; there are: {', '.join(self.codes())}")

    def codes(self) -> tuple[str, ...]:
        """The code of every rule, each once."""
        return tuple(dict.fromkeys(rule.code for rule in self.versions))

    def with_own(self, own: Rules) -> Rules:
        """These, and one's own in place of those of the same code."""
        replaced = set(own.codes())
        kept = [rule for rule in self.versions if rule.code not in replaced]
        return Rules(tuple(sorted([*kept, *own.versions], key=lambda rule: (rule.code, rule.version))))


@cache
def shipped() -> Rules:
    """The rules that come with the hub."""
    return load([FOLDER])


def in_use(own: Path | None) -> Rules:
    """The shipped rules, and those of one's own file or folder (HUILIU_OVERSIGHT_RULES). Raises RuleFileRefused."""
    return shipped() if own is None else shipped().with_own(load([own]))


def load(paths: Iterable[Path]) -> Rules:
    """The rules of files and of folders of ``*.json``; raises RuleFileRefused with all that is wrong."""
    from oversight.detectors import DETECTORS

    faults: list[Fault] = []
    versions: list[Rule] = []
    files: dict[str, str] = {}
    for path, in_folder in _files(paths, faults):
        read, found = _read(path, DETECTORS, in_folder)
        faults += found
        for code in dict.fromkeys(rule.code for rule in read):
            if code in files:
                faults.append(_fault(path, "code", f"{code} 已在 {files[code]} 中", f"{code} is in {files[code]} too"))
            files[code] = str(path)
        versions += read
    if faults:
        raise RuleFileRefused(faults)
    return Rules(tuple(sorted(versions, key=lambda rule: (rule.code, rule.version))))


def _files(paths: Iterable[Path], faults: list[Fault]) -> list[tuple[Path, bool]]:
    """Each file, and whether it was found in a folder."""
    found: list[tuple[Path, bool]] = []
    for path in paths:
        inside = [(file, True) for file in sorted(path.glob("*.json"))] if path.is_dir() else [(path, False)]
        if not inside:
            faults.append(_fault(path, "", "目录中没有 .json 规则文件", "no .json file of a rule in this folder"))
        found += inside
    if len(found) > MOST_FILES:
        many = f"{len(found)} > {MOST_FILES}"
        faults.append(_fault(found[0][0].parent, "", f"规则文件过多：{many}", f"too many files of rules: {many}"))
        return []
    return found


def _fault(path: Path, place: str, zh: str, en: str) -> Fault:
    return Fault(str(path), place, zh, en)


def _read(path: Path, detectors: Mapping[str, Detector], in_folder: bool) -> tuple[list[Rule], list[Fault]]:
    """A file of a folder is named for its rule; a candidate that is tried may be called anything."""
    reading = Reading(str(path))
    document = reading.document(path)
    if reading.faults:
        return [], reading.faults
    told = reading.fields(document, "", ("code", "family", "versions"))
    code = reading.matching(told.get("code"), "code", _CODE, "OV-PJ-POINTS") if "code" in told else None
    if in_folder and code is not None and path.stem != code:
        reading.fault("code", f"文件名应为 {code}.json", f"the file must be named {code}.json")
    family = reading.matching(told.get("family"), "family", _FAMILY, "project-light") if "family" in told else None
    members = reading.of_type(told.get("versions"), "versions", list) if "versions" in told else None
    if members == []:
        reading.fault("versions", "至少一个版本", "at least one version")
    versions = [
        _Version(reading, f"versions[{number}]", member, detectors) for number, member in enumerate(members or [])
    ]
    hold_validity(reading, versions)
    if reading.faults or code is None or family is None:
        return [], reading.faults
    return [version.rule(code, family) for version in versions], []


class _Version:
    """One version as read; ``rule`` may be called once the file is without faults."""

    def __init__(self, reading: Reading, place: str, value: Any, detectors: Mapping[str, Detector]) -> None:
        self.place, self._reading = place, reading
        self._told = reading.fields(value, place, _NEEDED, _OPTIONAL)
        self.version = self._at("version", reading.whole, 1, 10_000)
        self.valid_from = self._at("valid_from", reading.day)
        self.valid_to = self._at("valid_to", reading.day) if self._told.get("valid_to") is not None else None
        self.gap_reason = self._at("gap_reason", reading.text)
        self._values = self._plain()
        self._detector(detectors)
        self._document()

    def rule(self, code: str, family: str) -> Rule:
        """The version as a rule."""
        return Rule(
            code=code, family=family, version=self.version, valid_from=self.valid_from, valid_to=self.valid_to,
            **self._values,
        )  # fmt: skip

    def _at(self, name: str, read: Any, *bounds: Any) -> Any:
        """A field read by a reader, None where it is not there."""
        return read(self._told[name], at(self.place, name), *bounds) if name in self._told else None

    def _plain(self) -> dict[str, Any]:
        reading = self._reading
        damping, escalation = self._at("damping", self._damping), self._at("escalation", self._escalation)
        return {
            "divisions": self._at("divisions", self._divisions),
            "severity": self._at("severity", reading.one_of, SEVERITIES),
            "norm": self._at("norm", reading.text),
            "responsible": self._at("responsible", self._words),
            "days_to_answer": self._at("days_to_answer", reading.whole, 1, 366),
            "days_to_mend": self._at("days_to_mend", reading.whole, 1, 366),
            "days_are": self._at("days_are", reading.one_of, DAY_KINDS),
            "verification": self._at("verification", reading.one_of, VERIFICATIONS),
            "document_day": self._at("document_day", reading.whole, 1, 28),
            "recurrence_days": self._at("recurrence_days", reading.whole, 0, 366)
            if "recurrence_days" in self._told
            else RECURRENCE_DAYS,
            "damping": damping or DAMPING,
            "escalation": ESCALATION if escalation is None else escalation,
            **{name: self._at(name, self._words) for name in _TEXTS},
        }

    def _words(self, value: Any, place: str) -> Words | None:
        told = self._reading.fields(value, place, ("zh", "en"))
        zh, en = (self._reading.text(told[name], at(place, name)) if name in told else None for name in ("zh", "en"))
        return Words(zh, en) if zh is not None and en is not None else None

    def _damping(self, value: Any, place: str) -> Damping | None:
        bounds = {"returns": (1, 100), "within_days": (1, 366), "quiet_days": (0, 366)}
        told = self._reading.fields(value, place, bounds)
        read = {n: self._reading.whole(told[n], at(place, n), *bounds[n]) for n in told}
        return Damping(**{n: v or 0 for n, v in read.items()}) if len(read) == len(bounds) else None

    def _escalation(self, value: Any, place: str) -> tuple[Escalation, ...]:
        steps = tuple(self._reading.items(value, place, self._step))
        days = [step.overdue_days for step in steps]
        if days != sorted(set(days)):
            self._reading.fault(place, "逾期天数须逐级增加", "overdue_days must grow from step to step")
        return steps

    def _step(self, value: Any, place: str) -> Escalation | None:
        told = self._reading.fields(value, place, ("overdue_days", "to"))
        if len(told) < 2:
            return None
        days = self._reading.whole(told["overdue_days"], at(place, "overdue_days"), 0, 366)
        to = self._reading.one_of(told["to"], at(place, "to"), ESCALATE_TO)
        return Escalation(days, to) if days is not None and to is not None else None

    def _divisions(self, value: Any, place: str) -> tuple[str, ...] | None:
        return tuple(self._reading.items(value, place, self._division)) if value is not None else None

    def _division(self, value: Any, place: str) -> str | None:
        if isinstance(value, str) and division.known(value):
            return value
        return self._reading.fault(  # type: ignore[func-returns-value]
            place,
            f"{shown(value)} 不是行政区划代码（GB/T 2260 六位文本）",
            f"{shown(value)} is no division: a GB/T 2260 code, a text of six digits",
        )

    def _detector(self, detectors: Mapping[str, Detector]) -> None:
        """The detector, its parameters with their units and order, and the places of the texts."""
        name = self._at("detector", self._reading.one_of, tuple(sorted(detectors)))
        self._values |= {"detector": name, "parameters": {}}
        if name is None:
            return
        of, place = detectors[name], at(self.place, "parameters")
        told = self._reading.fields(self._told.get("parameters"), place, of.parameters) if self._told else {}
        read = {n: self._quantity(told[n], at(place, n), of.parameters[n]) for n in told}
        quantities = {n: quantity for n, quantity in read.items() if quantity is not None}
        self._values["parameters"] = MappingProxyType(quantities)
        rising = [quantities[n].number for n in of.rising if n in quantities]
        if rising != sorted(rising):
            order = " ≤ ".join(of.rising)
            self._reading.fault(place, f"须满足 {order}", f"must satisfy {order}")
        for words in _TEXTS:
            self._places(words, of.parameters)

    def _quantity(self, value: Any, place: str, asked: Parameter) -> Quantity | None:
        told = self._reading.fields(value, place, ("number", "unit"))
        if len(told) < 2:
            return None
        number = self._reading.number(told["number"], at(place, "number"), asked.least, asked.most)
        unit = self._reading.one_of(told["unit"], at(place, "unit"), tuple(UNITS))
        if unit is not None and unit != asked.unit:
            self._reading.fault(
                at(place, "unit"),
                f"此处单位应为 {asked.unit}，而是 {unit}",
                f"the unit here is {asked.unit}, not {unit}",
            )
        return Quantity(number, unit) if number is not None and unit is not None else None

    def _places(self, name: str, parameters: Iterable[str]) -> None:
        words, known = self._values[name], (*PLACES, *parameters)
        for language in ("zh", "en") if words is not None else ():
            place = at(at(self.place, name), language)
            try:
                parts = list(string.Formatter().parse(getattr(words, language)))
            except ValueError as error:
                self._reading.fault(place, "花括号不成对", f"braces do not match: {error}")
                continue
            for _, field, form, conversion in parts:
                if field is not None and (field not in known or form or conversion):
                    allowed = ", ".join(f"{{{one}}}" for one in known)
                    self._reading.fault(
                        place, f"{{{field}}} 不可用，允许：{allowed}", f"{{{field}}} is not allowed. Allowed: {allowed}"
                    )

    def _document(self) -> None:
        needs = self._values["verification"] == "DOCUMENT"
        if self._values["verification"] is not None and needs != ("document_day" in self._told):
            self._reading.fault(
                at(self.place, "document_day"),
                "核查方式为 DOCUMENT 时必填，否则不填",
                "must be there when verification is DOCUMENT, and only then",
            )


class Dated(Protocol):
    """A version of something as read from a file: None where a field is missing or faulty, and for an open end."""

    place: str
    version: Any
    valid_from: Any
    valid_to: Any
    gap_reason: Any


def hold_validity(reading: Reading, versions: Sequence[Dated]) -> None:
    """Versions follow one another in number and in time, without overlap, without a gap that nobody explains."""
    for version in versions:
        if version.valid_from and version.valid_to and version.valid_to < version.valid_from:
            reading.fault(
                at(version.place, "valid_to"),
                f"早于 valid_from {version.valid_from}",
                f"before valid_from, {version.valid_from}",
            )
    dated = [version for version in versions if version.valid_from is not None and version.version is not None]
    for earlier, later in pairwise(dated):
        if later.version <= earlier.version:
            reading.fault(
                at(later.place, "version"),
                f"须大于前一版本的 {earlier.version}",
                f"must be greater than {earlier.version}, the version before",
            )
        _hold_next(reading, earlier, later)
    if dated and dated[0].gap_reason is not None:
        reading.fault(at(dated[0].place, "gap_reason"), "第一个版本之前没有空档", "there is no gap before the first")


def _hold_next(reading: Reading, earlier: Dated, later: Dated) -> None:
    place = at(later.place, "valid_from")
    if earlier.valid_to is None or later.valid_from <= earlier.valid_to:
        until = earlier.valid_to or "∞"
        reading.fault(
            place,
            f"与版本 {earlier.version}（{earlier.valid_from} 至 {until}）有效期重叠，须晚于其 valid_to",
            f"overlaps version {earlier.version} ({earlier.valid_from} to {until}): must be after its valid_to",
        )
        return
    following = earlier.valid_to + timedelta(days=1)
    last = later.valid_from - timedelta(days=1)
    if later.valid_from != following and later.gap_reason is None:
        reading.fault(
            place,
            f"{following} 至 {last} 没有有效版本：改为 {following}，或以 gap_reason 说明",
            f"no version from {following} to {last}: write {following}, or say why in gap_reason",
        )
    if later.valid_from == following and later.gap_reason is not None:
        reading.fault(at(later.place, "gap_reason"), "此前没有空档", "there is no gap before")
