"""Indicators behind the line to their target.

- **a count in a year** (so many projects, robots, firms): the line is the target in proportion to the year that has
  passed; what is reached is the newest figure where it is cumulative, else the sum of the year's figures.
- **a share in a year** (energy intensity down by 3.2 %): every figure compares with the same span of the year before,
  so the line is the target itself.
- **a level by the end of a year** (45 % of firms by 2025): the line runs straight from the first figure that is known
  to the target.

A division's own target is held against its own figures. A policy's target is the province's: a share is asked of every
division that reports it; a count of the province as a whole, by the province's own figure or, once all of its cities
have reported, by their sum, with the line at the earliest of their newest periods. A figure is judged at the end of its
own period: one that is not there is a matter of obligations.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

import polars as pl

from huiliu import division
from huiliu.period import day_of, parse, valid
from oversight.facts import Facts
from oversight.found import day_start, evidence, figure, matters
from oversight.indicators.targets import of_divisions, of_policies
from oversight.rule import Rule

_KEY: Final = ("division", "indicator")


def behind_line(rule: Rule, facts: Facts, as_of: datetime) -> pl.DataFrame:
    """Below the line by more than ``yellow`` or ``red`` per cent of it; a year's for ``kept`` months after its end."""
    today = day_of(int(as_of.timestamp() * 1000))
    figures = dated(facts.frame("indicator"))
    reached = per_year(figures)
    judged = pl.concat(
        [
            _own(reached, of_divisions(facts.frame("indicator"))),
            *(_policy(reached, of_policies(year), figures) for year in (today.year - 1, today.year)),
        ],
        how="diagonal",
    ).filter(_still(today, int(rule.number("kept"))))
    lined = _line(judged, figures).unique((*_KEY,), keep="first", maintain_order=True)
    short = (100 * (pl.col("line") - pl.col("reached")) / pl.col("line")).round(6)
    return _told(rule, lined.filter(pl.col("line") > 0).with_columns(short=short))


def dated(indicators: pl.DataFrame) -> pl.DataFrame:
    """Figures of months, quarters and years with ``last`` (day), ``year`` and ``passed`` (share of the year)."""
    known = {text: parse(text) for text in indicators["period"].unique() if valid(text)}
    spans = pl.DataFrame(
        [(text, of.kind, of.last, of.last.year, of.last.month / 12) for text, of in known.items() if of.kind != "day"],
        schema={
            "period": pl.String(),
            "kind": pl.String(),
            "last": pl.Date(),
            "year": pl.Int32(),
            "passed": pl.Float64(),
        },
        orient="row",
    )
    figures = indicators.filter(~pl.col("indicator").str.ends_with(".target"))
    return figures.join(spans, on="period").sort(*_KEY, "last", "period")


def per_year(figures: pl.DataFrame) -> pl.DataFrame:
    """Per division, indicator and year: the newest figure, ``reached`` within the year and ``level``."""
    sums = pl.col("value").filter(~pl.col("cumulative") & (pl.col("kind") == pl.col("kind").last())).sum()
    within = pl.when(pl.col("cumulative").last()).then(pl.col("value").last()).otherwise(sums)
    return figures.group_by(*_KEY, "year", maintain_order=True).agg(
        pl.col("period", "last", "passed", "unit", "revision").last(), level=pl.col("value").last(), within=within
    )


def _own(reached: pl.DataFrame, targets: pl.DataFrame) -> pl.DataFrame:
    """What is held against a division's own target."""
    in_year = reached.join(targets.filter(shape="YEAR"), on=(*_KEY, "year"))
    by = reached.join(targets.filter(shape="BY").rename({"year": "until"}), on=_KEY)
    return pl.concat([in_year.with_columns(until="year"), by.filter(pl.col("year") <= pl.col("until"))], how="diagonal")


def _policy(reached: pl.DataFrame, targets: pl.DataFrame, figures: pl.DataFrame) -> pl.DataFrame:
    """What is held against a policy's target: shares of every division, counts of the province."""
    placed = reached.with_columns(province=pl.col("division") // 10_000 * 10_000)
    asked = targets.rename({"division": "province", "year": "until"})
    matched = placed.join(asked, on=("province", "indicator"))
    fitting = (pl.col("year") == pl.col("until")) | ((pl.col("shape") == "BY") & (pl.col("year") <= pl.col("until")))
    found = matched.filter(fitting)
    counts = found.filter(~pl.col("rate"))
    whole = counts.filter(pl.col("division") == pl.col("province"))
    told = pl.struct("province", "indicator").is_in(
        whole.select(pl.struct("province", "indicator")).to_series().implode()
    )
    return pl.concat([found.filter("rate"), whole, _summed(counts.filter(~told))], how="diagonal")


def _summed(counts: pl.DataFrame) -> pl.DataFrame:
    """Cities' figures added up to their province's, where every city has one."""
    key = ("province", "indicator", "year", "until", "target", "shape", "rate")
    cities = counts.filter(pl.col("division").map_elements(_is_city, pl.Boolean))
    summed = cities.sort("last").group_by(key, maintain_order=True).agg(
        pl.col("period", "last", "passed", "unit").first(),
        pl.col("level", "within").sum(),
        reporting=pl.col("division").n_unique(),
    )  # fmt: skip
    due = pl.struct("province", "year").map_elements(
        lambda of: len(division.cities(f"{of['province']:06}", of["year"])), pl.Int64
    )
    return summed.filter(pl.col("reporting") == due).with_columns(division="province", revision=pl.lit(None, pl.Int32))


def _is_city(code: int) -> bool:
    text = f"{code:06}"
    return division.known(text) and division.level(text) != "province" and division.city_of(text) == text


def _still(today: date, kept: int) -> pl.Expr:
    """Whether the figure's year is not over for so many months."""
    return pl.date(pl.col("year") + 1, 1, 1).dt.offset_by(f"{kept}mo") > today


def _line(judged: pl.DataFrame, figures: pl.DataFrame) -> pl.DataFrame:
    """With ``reached`` and ``line``, both in the indicator's unit; the newest year of each first."""
    first = figures.group_by(_KEY, maintain_order=True).agg(began=pl.col("last").first(), base=pl.col("value").first())
    end = pl.date("until", 12, 31)
    passed = (pl.col("last") - pl.col("began")).dt.total_days() / (end - pl.col("began")).dt.total_days()
    straight = pl.col("base") + (pl.col("target") - pl.col("base")) * passed
    by, rate = pl.col("shape") == "BY", pl.col("rate")
    level = pl.when(pl.col("last") >= end).then("target").when(pl.col("last") > pl.col("began")).then(straight)
    return (
        judged.join(first, on=_KEY, how="left")
        .with_columns(
            line=pl.when(by).then(level).when(rate).then("target").otherwise(pl.col("target") * pl.col("passed")),
            reached=pl.when(by | rate).then("level").otherwise("within"),
        )
        .sort("year", descending=True, maintain_order=True)
    )


def _told(rule: Rule, lined: pl.DataFrame) -> pl.DataFrame:
    red = pl.col("short") > rule.number("red")
    behind = lined.filter(pl.col("short") > rule.number("yellow"))
    fact = pl.struct(pl.lit("indicator").alias("kind"), *_KEY, "period", "revision")
    return matters(
        rule,
        behind.with_columns(
            subject=pl.format("{}/{}", pl.col("division").cast(pl.String).str.zfill(6), "indicator"),
            severity=pl.when(red).then(pl.lit("RED")).otherwise(pl.lit("YELLOW")),
            seen=day_start(pl.col("last").dt.offset_by("1d")),
            value=pl.col("reached"),
            threshold=pl.col("line").round(6),
            evidence=evidence(fact, figure("target", pl.col("target"), "")),
        ),
    )
