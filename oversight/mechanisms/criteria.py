"""By which numbers the mechanisms judge: dated data, every number with its unit and where it comes from.

``criteria.json``, or a province's own file of the same form. Read strictly; an unknown parameter or another unit than
the mechanism asks for is refused, and so are two versions of one mechanism in force on one day.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import pairwise
from math import inf
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from huiliu.language import text
from oversight.errors import OversightError, RuleFileRefused
from oversight.reading import Reading, complete, entries
from schemas.contract import code_table

FILE: Final = Path(__file__).with_name("criteria.json")
_FIELDS: Final = ("mechanism", "version", "valid_from", "valid_to", "zh", "en", "tiers", "norm", "parameters")

#: Of each mechanism its parameters with their units.
PARAMETERS: Final[Mapping[str, Mapping[str, str]]] = {
    "monthly": {"silent": "month"},
    "quarterly": {"lowest": "place"},
    "on_site": {
        "behind": "point",
        "still": "month",
        "large": "yuan",
        "listed": "score",
        **dict.fromkeys(("weight_red", "weight_stopped", "weight_still", "weight_large"), "score"),
    },
    "consultation": {"not_started": "month", "still": "month", "short_of_funds": "point"},
    "adjustment": {"least_investment": "yuan", "not_started": "month", "stopped": "month", "silent": "month"},
    "reserve": {"soon": "month", "stale": "month", "city": "yuan", "province": "yuan"},
    "responsibility": dict.fromkeys(
        ("weight_investment", "weight_start", "weight_completion", "weight_reporting", "weight_lights", "pass"), "score"
    ),
    "risk": {
        "behind": "point",
        "overdue": "month",
        "still": "month",
        "overspent": "%",
        "raised": "%",
        "subsidy": "%",
        **{f"weight_{name}": "score" for name in ("behind", "overdue", "still", "stopped", "overspent", "raised")},
        **dict.fromkeys(("weight_subsidy", "medium", "high"), "score"),
    },
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Criteria:
    """One version of a mechanism's criteria, both days of the validity included. ``sources``: of each number."""

    mechanism: str
    version: int
    valid_from: date
    valid_to: date | None
    zh: str
    en: str
    tiers: tuple[str, ...]
    norm: str
    parameters: Mapping[str, float]
    sources: Mapping[str, str]

    def __getitem__(self, parameter: str) -> float:
        """The number of a parameter, in the unit of ``PARAMETERS``."""
        return self.parameters[parameter]

    def in_force(self, day: date) -> bool:
        """Whether in force on that day."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


@cache
def shipped() -> tuple[Criteria, ...]:
    """The criteria that come with the hub. Raises RuleFileRefused."""
    return read(FILE)


def read(path: Path) -> tuple[Criteria, ...]:
    """The criteria of a file. Raises RuleFileRefused with everything that is wrong."""
    return entries(path, "mechanisms", _criteria, _refuse_overlap, RuleFileRefused)


def criteria(mechanism: str, day: date, known: Iterable[Criteria] | None = None) -> Criteria:
    """What the mechanism goes by on a day. Raises OversightError where nothing is in force."""
    for one in shipped() if known is None else known:
        if one.mechanism == mechanism and one.in_force(day):
            return one
    raise OversightError(
        text(f"{day} 没有生效的 {mechanism} 标准", f"No criteria of {mechanism} are in force on {day}.")
    )


def _criteria(reading: Reading, value: Any, place: str) -> Criteria | None:
    told = reading.fields(value, place, _FIELDS)
    read: dict[str, Any] = {
        "mechanism": reading.one_of(told.get("mechanism"), f"{place}.mechanism", [*PARAMETERS]),
        "version": reading.whole(told.get("version"), f"{place}.version", 1, 10_000),
        "valid_from": reading.day(told.get("valid_from"), f"{place}.valid_from"),
        **{name: reading.text(told.get(name), f"{place}.{name}") for name in ("zh", "en", "norm")},
    }
    last = told.get("valid_to")
    read["valid_to"] = None if last is None else reading.day(last, f"{place}.valid_to")
    tiers = [*code_table("tier")]
    read["tiers"] = tuple(reading.items(told.get("tiers"), f"{place}.tiers", lambda v, p: reading.one_of(v, p, tiers)))
    numbers, sources = _parameters(reading, told.get("parameters"), f"{place}.parameters", read["mechanism"])
    needed = ("mechanism", "version", "valid_from", "zh", "en", "norm")
    if not complete(read, needed):
        return None
    return Criteria(**read, parameters=MappingProxyType(numbers), sources=MappingProxyType(sources))


def _parameters(
    reading: Reading, value: Any, place: str, mechanism: str | None
) -> tuple[dict[str, float], dict[str, str]]:
    units = PARAMETERS.get(mechanism or "", {})
    told = reading.fields(value, place, units) if units else {}
    numbers, sources = {}, {}
    for name, entry in told.items():
        fields = reading.fields(entry, f"{place}.{name}", ("number", "unit", "source"))
        number = reading.number(fields.get("number"), f"{place}.{name}.number", 0, inf)
        reading.one_of(fields.get("unit"), f"{place}.{name}.unit", [units[name]])
        source = reading.text(fields.get("source"), f"{place}.{name}.source")
        if number is not None and source is not None:
            numbers[name], sources[name] = number, source
    return numbers, sources


def _refuse_overlap(reading: Reading, found: Iterable[Criteria]) -> None:
    for former, later in pairwise(sorted(found, key=lambda one: (one.mechanism, one.valid_from))):
        if former.mechanism == later.mechanism and (former.valid_to is None or former.valid_to >= later.valid_from):
            reading.fault(
                later.mechanism,
                f"第 {later.version} 版自 {later.valid_from} 起与前一版有效期重叠：请先结束前一版",
                f"version {later.version} overlaps the one before from {later.valid_from} on: end that one first",
            )
