"""Indicators of cities (运行指标): the newest value told for the period, beside that of the last, ranked by value."""

from __future__ import annotations

from typing import Final

import polars as pl

from huiliu import division as divisions
from huiliu.period import Period, containing, parse
from oversight.reports.facts import Facts
from oversight.reports.making import CITY, CITY_NAME, rows
from oversight.reports.ranking import with_names
from oversight.reports.section import Column, Section
from schemas.contract import code_table

COLUMNS: Final = (
    Column("indicator", "指标代码", "text"),
    CITY,
    Column("indicator_name", "指标", "text"),
    CITY_NAME,
    Column("unit", "计量单位", "text"),
    Column("period", "数据期间", "text", "本期内最近一次报送的期间"),
    Column("value", "数值", "value"),
    Column("value_before", "上期", "value", "上期内最近一次报送的数值"),
    Column("change", "较上期", "value", "数值之差"),
    Column("rank", "由高到低", "rank", "各市数值由高到低的位次；高低不表示优劣"),
)
SUMMARY: Final = (
    Column("indicator", "指标代码", "text"),
    Column("indicator_name", "指标", "text"),
    Column("unit", "计量单位", "text"),
    Column("cities", "报送市", "count", "报送了该指标的市数"),
    Column("highest", "最高", "value"),
    Column("highest_city", "最高市", "text"),
    Column("lowest", "最低", "value"),
    Column("lowest_city", "最低市", "text"),
)


def periods(of: Period) -> tuple[str, ...]:
    """The period and those within it that indicators are reported for: months and quarters, as text."""
    found: dict[str, None] = {}
    month = containing("month", of.first)
    while month.first <= of.last:
        found[month.text] = None
        if of.kind == "year":
            found[containing("quarter", month.first).text] = None
        month = month.next()
    found[of.text] = None
    return tuple(found)


def section(now: Facts, before: Facts) -> Section:
    """Every city's newest value of each indicator; targets and figures of counties are left out."""
    current = newest(now.indicators)
    if current.is_empty():
        return Section("indicators", "各市运行指标", absent="本期没有各市报送的指标", workbook_only=True)
    former = newest(before.indicators).select("indicator", "city", value_before="value")
    told = current.join(former, on=["indicator", "city"], how="left", maintain_order="left").with_columns(
        change=pl.col("value") - pl.col("value_before"),
        rank=pl.col("value").rank("min", descending=True).over("indicator"),
    )
    named = _named(with_names(told, now.period.last.year))
    return Section(
        "indicators",
        "各市运行指标",
        columns=COLUMNS,
        key=2,
        rows=rows(named, COLUMNS),
        notes=("指标按数值由高到低列位次，高低不等于优劣；目标值和县级数不在此列。",),
        opening={
            f"{row['indicator']}/{row['city']}": f"huiliu explain indicator --division {row['city']}"
            f" --indicator {row['indicator']} --period {row['period']}"
            for row in named.iter_rows(named=True)
        },
        workbook_only=True,
    )


def summary(now: Facts) -> Section:
    """Of each indicator how many cities told it, and the highest and the lowest value."""
    current = newest(now.indicators)
    if current.is_empty():
        return Section("indicator_range", "运行指标", absent="本期没有各市报送的指标")
    named = _named(with_names(current, now.period.last.year)).sort("indicator", "city")
    told = named.group_by("indicator", "indicator_name", maintain_order=True).agg(
        unit=pl.col("unit").first(),
        cities=pl.len(),
        highest=pl.col("value").max(),
        highest_city=pl.col("city_name").get(pl.col("value").arg_max()),
        lowest=pl.col("value").min(),
        lowest_city=pl.col("city_name").get(pl.col("value").arg_min()),
    )
    return Section("indicator_range", "运行指标", columns=SUMMARY, rows=rows(told, SUMMARY))


def newest(indicators: pl.DataFrame) -> pl.DataFrame:
    """By indicator and city the value of the latest period; the longer of two that end together."""
    code = pl.col("division")
    ours = indicators.filter(
        code.map_elements(lambda c: divisions.known(c) and divisions.city_of(c) == c, return_dtype=pl.Boolean),
        ~pl.col("indicator").str.ends_with(".target"),
    )
    ends = pl.col("period").map_elements(_end, return_dtype=pl.String)
    latest = ours.with_columns(ends=ends).sort("indicator", "division", "ends")
    told = latest.unique(["indicator", "division"], keep="last").sort("indicator", "division")
    return told.rename({"division": "city"}).drop("ends")


def _end(period: str) -> str:
    told = parse(period)
    return f"{told.last} {told.last - told.first}"


def _named(frame: pl.DataFrame) -> pl.DataFrame:
    names = {code: entry.zh for code, entry in code_table("indicator").items()}
    return frame.with_columns(indicator_name=pl.col("indicator").replace_strict(names, default=pl.col("indicator")))
