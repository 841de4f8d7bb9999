"""Transmission effectiveness of each city (传输有效率), ranked, beside the last period.

The completed figure (补全) is what is assessed; who is below the floor, and who sent nothing valid at all, is counted
by enterprise as the notices of provinces do (Guangdong, third quarter of 2019).
"""

from __future__ import annotations

from typing import Any, Final

import polars as pl

from oversight.reports.facts import Facts
from oversight.reports.making import CITY, CITY_NAME, PLACES, RANK, less, rows, total
from oversight.reports.ranking import beside, rank, with_names
from oversight.reports.section import Column, Section

TITLE: Final = "自动监测数据传输有效率"
COLUMNS: Final = (
    CITY,
    CITY_NAME,
    RANK,
    PLACES,
    Column("due", "应传小时", "count", "按登记限值应传的小时数（排放口×因子×小时）"),
    Column("received", "实传小时", "count", "补全期内收到的小时数"),
    Column("valid", "有效小时", "count", "补全后有效的小时数"),
    Column("transmission", "传输率", "share", "实传小时 ÷ 应传小时"),
    Column("validity", "有效率", "share", "有效小时 ÷ 实传小时"),
    Column("effectiveness", "传输有效率", "share", "传输率 × 有效率"),
    Column("points", "较上期", "points", "传输有效率之差，百分点"),
    Column("below", "低于要求企业", "count", "传输有效率低于全市要求的企业数"),
    Column("zero", "为零企业", "count", "应传而没有一个有效小时的企业数"),
    Column("light", "灯", "light", "低于全市要求为红，低于排放口要求为黄，其余为绿"),
)
_RATES: Final = ("due", "received", "valid", "transmission", "validity", "effectiveness")


def section(now: Facts, before: Facts) -> Section:
    """Cities by code, with their ranks; the total is the province's own rate, not a mean of the cities'."""
    if now.effectiveness.is_empty():
        return Section("effectiveness", TITLE, absent="本期没有应传的小时：没有在期内有效的登记限值")
    former = _rates(before.effectiveness).with_columns(rank("effectiveness"))
    told = beside(_rates(now.effectiveness).with_columns(rank("effectiveness")), former, "effectiveness", "rank")
    floor, passing = now.requirement.city_floor, now.requirement.passing
    poor = _poor(now.enterprises, floor)
    told = told.join(poor, on="city", how="left").with_columns(
        pl.col("below", "zero").fill_null(0),
        points=pl.col("effectiveness") - pl.col("effectiveness_before"),
        places=pl.col("rank_before") - pl.col("rank"),
        light=light(pl.col("effectiveness"), floor, passing),
    )
    named = with_names(told, now.period.last.year)
    asked = now.requirement.source.split("(")[0].strip()
    return Section(
        "effectiveness",
        TITLE,
        columns=COLUMNS,
        rows=rows(named, COLUMNS),
        total=total(COLUMNS, _whole(now, before, poor, floor, passing)),
        notes=(
            f"补全数；要求：城市 {floor:.0%}，排放口 {passing:.0%}（{asked}）。",
            "全省为全部应传小时合计之率，不是各市平均。",
        ),
        facts={"floor": floor, "passing": passing},
        opening={
            str(city): f"huiliu transmission --city {city} --from {now.period.first} --to {now.period.last} --by outlet"
            for city in named["city"]
        },
    )


def _rates(frame: pl.DataFrame) -> pl.DataFrame:
    if frame.is_empty():
        return pl.DataFrame(schema={"city": pl.String, **dict.fromkeys(_RATES, pl.Float64)})
    return frame.select("city", *(pl.col(f"completed_{name}").alias(name) for name in _RATES))


def _poor(enterprises: pl.DataFrame, floor: float) -> pl.DataFrame:
    if enterprises.is_empty():
        return pl.DataFrame(schema={"city": pl.String, "below": pl.UInt32, "zero": pl.UInt32})
    rate = pl.col("completed_effectiveness")
    due = enterprises.filter(pl.col("completed_due") > 0)
    return due.group_by("city").agg(
        below=(rate.fill_null(0.0) < floor).sum(), zero=(pl.col("completed_valid") == 0).sum()
    )


def light(rate: pl.Expr, floor: float, passing: float) -> pl.Expr:
    """RED below the city's floor, YELLOW below what an outlet must reach, GREEN from there on; null: no light."""
    return (
        pl.when(rate.is_null()).then(None).when(rate < floor).then(pl.lit("RED"))
        .when(rate < passing).then(pl.lit("YELLOW")).otherwise(pl.lit("GREEN"))
    )  # fmt: skip


def _whole(now: Facts, before: Facts, poor: pl.DataFrame, floor: float, passing: float) -> dict[str, Any]:
    whole, former = _sum(now.effectiveness), _sum(before.effectiveness)
    rate = whole["effectiveness"]
    shown = None if rate is None else "RED" if rate < floor else "YELLOW" if rate < passing else "GREEN"
    counted = {"below": int(poor["below"].sum()), "zero": int(poor["zero"].sum())}
    return {**whole, **counted, "points": less(rate, former["effectiveness"]), "light": shown}


def _sum(frame: pl.DataFrame) -> dict[str, Any]:
    if frame.is_empty():
        return dict.fromkeys(_RATES)
    due, received, valid = (int(frame[f"completed_{name}"].sum()) for name in ("due", "received", "valid"))
    rates = (received / due if due else None, valid / received if received else None, valid / due if due else None)
    return dict(zip(_RATES, (due, received, valid, *rates), strict=True))
