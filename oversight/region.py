"""A region (区域): a named set of divisions, dated, so that a view of 皖北 in 2022 is the region as it was then.

Data in ``regions.json``, or a province's own file of the same form. Read strictly: unknown fields, divisions that do
not exist and two entries of one region in force on one day are refused, all faults at once.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import polars as pl

from huiliu import division as divisions
from huiliu.language import text
from oversight.errors import OversightError, RuleFileRefused
from oversight.reading import Reading, complete, entries

FILE: Final = Path(__file__).with_name("regions.json")
_FIELDS: Final = ("region", "zh", "en", "valid_from", "valid_to", "divisions", "source")


class RegionUnknown(OversightError):  # noqa: N818 (a state, named as people say it)
    """No such region on that day; names those there are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """One validity of a region, both days included; ``divisions``: what it holds, with all that lies in them."""

    region: str
    zh: str
    en: str
    valid_from: date
    valid_to: date | None
    divisions: tuple[str, ...]
    source: str

    def in_force(self, day: date) -> bool:
        """Whether this is the region on that day."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)

    def holds(self, code: str) -> bool:
        """Whether a division is in it or lies within one that is."""
        return any(divisions.within(code, wider) for wider in self.divisions)


@cache
def shipped() -> tuple[Region, ...]:
    """The regions that come with the hub. Raises RuleFileRefused."""
    return read(FILE)


def read(path: Path) -> tuple[Region, ...]:
    """The regions of a file. Raises RuleFileRefused with everything that is wrong."""
    return entries(path, "regions", _region, _refuse_overlap, RuleFileRefused)


def region(name: str, day: date, known: Iterable[Region] | None = None) -> Region:
    """The region of this code or name on a day. Raises RegionUnknown."""
    there = shipped() if known is None else tuple(known)
    found = [one for one in there if name in (one.region, one.zh, one.en) and one.in_force(day)]
    if not found:
        names = "、".join(dict.fromkeys(f"{one.region} {one.zh}" for one in there))
        raise RegionUnknown(
            text(f"{day} 没有区域 {name!r}，可用：{names}", f"There is no region {name!r} on {day}. Allowed: {names}")
        )
    return found[0]


def within(rows: pl.DataFrame, wanted: Region) -> pl.DataFrame:
    """The rows whose ``division`` (Int32) the region holds."""
    inside = [code for code in rows["division"].unique().to_list() if wanted.holds(f"{code:06d}")]
    return rows.filter(pl.col("division").is_in(inside))


def _region(reading: Reading, value: Any, place: str) -> Region | None:
    told = reading.fields(value, place, _FIELDS)
    read: dict[str, Any] = {name: reading.text(told.get(name), f"{place}.{name}") for name in _FIELDS[:3]}
    read["source"] = reading.text(told.get("source"), f"{place}.source")
    read["valid_from"] = reading.day(told.get("valid_from"), f"{place}.valid_from")
    last = told.get("valid_to")
    read["valid_to"] = None if last is None else reading.day(last, f"{place}.valid_to")
    read["divisions"] = tuple(
        reading.items(told.get("divisions"), f"{place}.divisions", lambda v, p: _division(reading, v, p))
    )
    if not complete(read, ("region", "zh", "en", "source", "valid_from")):
        return None
    return Region(**read)


def _division(reading: Reading, value: Any, place: str) -> str | None:
    if isinstance(value, str) and divisions.known(value):
        return value
    reading.fault(place, f"没有行政区划 {value!r}", f"there is no division {value!r} (GB/T 2260, six digits)")
    return None


def _refuse_overlap(reading: Reading, found: Iterable[Region]) -> None:
    for former, later in pairwise(sorted(found, key=lambda one: (one.region, one.valid_from))):
        if former.region == later.region and (former.valid_to is None or former.valid_to >= later.valid_from):
            reading.fault(
                later.region,
                f"自 {later.valid_from} 起与前一条有效期重叠：请先结束前一条",
                f"from {later.valid_from} on it overlaps the entry before: end that one first",
            )
