"""Programmes with targets of their own: Anhui's yearly targets, Gansu's diagnosis of firms; dated, with the quotation.

What a target asks is its ``.target`` code (``schemas/codes/indicator.json``); ``programmes.json`` says which belong to
a programme, in whose words, and which completed projects count where nobody reported a figure. Reached is the
province's own figure; without one the sum of its cities' (of a share there is no sum), with how many reported.

    YEAR  so much within the year      line: in proportion to the part of the year that has gone
    BY    so much by the end of a year line: straight from nothing at the programme's start (a count); a share has none
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any, Final

import polars as pl

from huiliu import division as divisions
from huiliu.language import text
from huiliu.period import day_of
from oversight.errors import OversightError, RuleFileRefused
from oversight.facts import Facts
from oversight.indicators.line import dated, per_year
from oversight.mechanisms.progress import DONE
from oversight.reading import Reading, complete, entries
from schemas.contract import code_table

FILE: Final = Path(__file__).with_name("programmes.json")
_FIELDS: Final = ("programme", "zh", "en", "province", "valid_from", "valid_to", "source", "targets")

#: ``by``: what ``reached`` rests on: FIGURE (the province's), CITIES (their sum), PROJECTS (counted), or null.
#: ``state``: REACHED, ON_LINE, BEHIND, or NO_FIGURE; without a line a target is REACHED or OPEN.
STANDING: Final = pl.Schema(
    {
        "target": pl.String(),
        "indicator": pl.String(),
        "shape": pl.String(),
        "until": pl.Int32(),
        "wanted": pl.Float64(),
        "unit": pl.String(),
        "reached": pl.Float64(),
        "by": pl.String(),
        "cities": pl.Int32(),
        "projects": pl.Int32(),
        "line": pl.Float64(),
        "share": pl.Float64(),
        "state": pl.String(),
        "quote": pl.String(),
    }
)
STATES: Final = {
    "REACHED": ("已达到", "reached"),
    "ON_LINE": ("达序时", "on the line"),
    "BEHIND": ("落后序时", "behind the line"),
    "OPEN": ("未到期", "not due yet"),
    "NO_FIGURE": ("无数据", "no figure"),
}


@dataclass(frozen=True, slots=True)
class Target:
    """One target: its code, the words of the text, and the programmes whose completed projects count towards it."""

    code: str
    quote: str
    counts: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Programme:
    """One programme, both days of its validity included."""

    programme: str
    zh: str
    en: str
    province: str
    valid_from: date
    valid_to: date
    source: str
    targets: tuple[Target, ...]


@cache
def shipped() -> tuple[Programme, ...]:
    """The programmes that come with the hub. Raises RuleFileRefused."""
    return read(FILE)


def read(path: Path) -> tuple[Programme, ...]:
    """The programmes of a file. Raises RuleFileRefused with everything that is wrong."""
    return entries(path, "programmes", _programme, _refuse_twice, RuleFileRefused)


def _refuse_twice(reading: Reading, found: Sequence[Programme]) -> None:
    codes = [one.programme for one in found]
    for code in {one for one in codes if codes.count(one) > 1}:
        reading.fault(code, "出现两次，只能一次", "stands twice; once is allowed")


def programme(code: str) -> Programme:
    """The programme of this code. Raises OversightError naming those there are."""
    for one in shipped():
        if one.programme == code:
            return one
    names = "、".join(f"{one.programme} {one.zh}" for one in shipped())
    raise OversightError(text(f"没有专项 {code!r}，可用：{names}", f"There is no programme {code!r}. Allowed: {names}"))


def standing(of: Programme, facts: Facts, year: int, as_of: datetime) -> pl.DataFrame:
    """``STANDING`` rows of the programme's targets for a year, as reported by ``as_of``."""
    at = min(day_of(int(as_of.timestamp() * 1000)), date(year, 12, 31))
    rows = [_stood(of, target, facts, year, at) for target in of.targets if _asked(target, year, of)]
    return pl.DataFrame(rows, schema=STANDING, orient="row")


def _asked(target: Target, year: int, of: Programme) -> bool:
    told = code_table("indicator")[target.code].extra
    if "by" in told:
        return of.valid_from.year <= year <= int(told["by"])
    first, last = (told["year"], told["year"]) if "year" in told else (told["from"], of.valid_to.year)
    return int(first) <= year <= int(last)


def _stood(of: Programme, target: Target, facts: Facts, year: int, at: date) -> dict[str, Any]:
    told = code_table("indicator")[target.code].extra
    by = "by" in told
    until = int(told.get("by", year))
    since = of.valid_from.year if by else year
    reached, rests, cities = _figure(facts, told, since, at, by=by)
    projects = _counted(facts, of, target, since, at) if target.counts else None
    if reached is None and projects is not None:
        reached, rests = float(projects), "PROJECTS"
    line = _line(of, told, until, at, by=by)
    wanted = float(told["value"])
    return {
        "target": target.code,
        "indicator": told["measures"],
        "shape": "BY" if by else "YEAR",
        "until": until,
        "wanted": wanted,
        "unit": told["unit"],
        "reached": reached,
        "by": rests,
        "cities": cities,
        "projects": projects,
        "line": line,
        "share": None if reached is None else round(100 * reached / wanted, 2),
        "state": _state(reached, wanted, line),
        "quote": target.quote,
    }


def _state(reached: float | None, wanted: float, line: float | None) -> str:
    if reached is None:
        return "NO_FIGURE"
    if reached >= wanted:
        return "REACHED"
    if line is None:
        return "OPEN"
    return "ON_LINE" if reached >= line else "BEHIND"


def _figure(
    facts: Facts, told: Mapping[str, Any], since: int, at: date, *, by: bool
) -> tuple[float | None, str | None, int | None]:
    """The province's figure from ``since`` on up to a day, else the sum of its cities' with how many they are."""
    province = int(told["province"])
    figures = dated(facts.frame("indicator").filter(indicator=told["measures"])).filter(
        (pl.col("last") <= at) & (pl.col("year") >= since) & (pl.col("division") // 10_000 == province // 10_000)
    )
    # A level is its newest figure; a count is added up over the years, unless its figures are cumulative already.
    rate = told["unit"] == "%"
    yearly = per_year(figures).with_columns(pl.lit(rate).alias("rate"))
    running = figures.group_by("division", maintain_order=True).agg(running=pl.col("cumulative").last())
    summed = yearly.group_by("division", maintain_order=True).agg(
        level=pl.col("level").last(), total=pl.col("within").sum(), year=pl.col("within").last()
    )
    value = pl.when(rate | (pl.lit(by) & pl.col("running"))).then("level").otherwise("total" if by else "year")
    found = summed.join(running, on="division").with_columns(value=value)
    own = found.filter(division=province)
    if own.height:
        return float(own["value"][0]), "FIGURE", None
    cities = found.filter(pl.col("division") % 100 == 0)
    if rate or cities.is_empty():
        return None, None, None
    return float(cities["value"].sum()), "CITIES", cities.height


def _counted(facts: Facts, of: Programme, target: Target, since: int, at: date) -> int:
    """Projects of these programmes completed in the province from the first of a year (or the start) up to a day."""
    opens = max(date(since, 1, 1), of.valid_from)
    done = pl.col("stage").is_in(DONE) & pl.col("actual_completion").is_between(opens, at)
    mine = pl.col("programme").is_in(target.counts) & (pl.col("division") // 10_000 == int(of.province) // 10_000)
    return facts.frame("project").filter(done & mine).height


def _line(of: Programme, told: Mapping[str, Any], until: int, at: date, *, by: bool) -> float | None:
    """Where a target should be on a day; None of a share that is to be reached by a year."""
    wanted = float(told["value"])
    if told["unit"] == "%":
        return None if by else wanted
    opens = of.valid_from if by else max(date(until, 1, 1), of.valid_from)
    whole = (date(until, 12, 31) - opens).days + 1
    gone = min(max((at - opens).days + 1, 0), whole)
    return round(wanted * gone / whole, 2)


def _programme(reading: Reading, value: Any, place: str) -> Programme | None:
    told = reading.fields(value, place, _FIELDS)
    read: dict[str, Any] = {
        **{name: reading.text(told.get(name), f"{place}.{name}") for name in ("programme", "zh", "en", "source")},
        **{name: reading.day(told.get(name), f"{place}.{name}") for name in ("valid_from", "valid_to")},
    }
    province = told.get("province")
    if isinstance(province, str) and divisions.known(province) and divisions.level(province) == "province":
        read["province"] = province
    else:
        reading.fault(f"{place}.province", f"{province!r} 不是省级区划", f"{province!r} is no province")
    read["targets"] = tuple(reading.items(told.get("targets"), f"{place}.targets", lambda v, p: _target(reading, v, p)))
    if not complete(read, ("programme", "zh", "en", "source", "valid_from", "valid_to", "province")):
        return None
    return Programme(**read)


def _target(reading: Reading, value: Any, place: str) -> Target | None:
    told = reading.fields(value, place, ("target", "quote", "counts"))
    known = [code for code in code_table("indicator") if code.endswith(".target")]
    code = reading.one_of(told.get("target"), f"{place}.target", known)
    quote = reading.text(told.get("quote"), f"{place}.quote")
    allowed, counts = [*code_table("programme")], told.get("counts")
    counted = (
        () if counts is None else reading.items(counts, f"{place}.counts", lambda v, p: reading.one_of(v, p, allowed))
    )
    return Target(code, quote, tuple(counted)) if code and quote else None
