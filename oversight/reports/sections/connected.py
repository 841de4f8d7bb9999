"""Who is connected (联网情况): enterprises and outlets registered by the end of the period, and what came new in it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

import polars as pl

from huiliu.period import Period
from oversight.reports.facts import Facts
from oversight.reports.making import CITY, CITY_NAME, rows, total
from oversight.reports.ranking import with_names
from oversight.reports.section import Column, Section

COLUMNS: Final = (
    CITY,
    CITY_NAME,
    Column("enterprises", "联网企业", "count", "期末已登记排放口的排污单位数"),
    Column("outlets", "排放口", "count", "期末已登记的排放口数"),
    Column("added", "本期新增", "count", "首次登记在本期内的排放口数"),
    Column("added_change", "较上期", "change", "本期新增减上期新增"),
)


def section(now: Facts, before: Facts) -> Section:
    """Counts by city; a firm with outlets in two cities counts in each, and once in the total."""
    known = now.outlets.filter(pl.col("registered_at") < _end(now.period))
    if known.is_empty():
        return Section("connected", "自动监测联网情况", absent="期末没有登记的排放口")
    counted = known.group_by("city").agg(
        enterprises=pl.col("enterprise").n_unique(),
        outlets=pl.len(),
        added=_within(now.period).sum(),
        added_before=_within(before.period).sum(),
    )
    told = with_names(counted.sort("city"), now.period.last.year).with_columns(
        added_change=pl.col("added").cast(pl.Int64) - pl.col("added_before").cast(pl.Int64)
    )
    whole = {name: int(told[name].sum()) for name in ("outlets", "added", "added_change")}
    return Section(
        "connected",
        "自动监测联网情况",
        columns=COLUMNS,
        rows=rows(told, COLUMNS),
        total=total(COLUMNS, {**whole, "enterprises": known["enterprise"].n_unique()}),
        notes=("登记以报送的 registration 为准；各市企业数相加可大于全省数，跨市企业在全省只计一次。",),
    )


def _end(of: Period) -> datetime:
    return datetime.fromtimestamp(of.end_ms / 1000, UTC)


def _within(of: Period) -> pl.Expr:
    first = datetime.fromtimestamp(of.start_ms / 1000, UTC)
    return (pl.col("registered_at") >= first) & (pl.col("registered_at") < _end(of))
