"""项目储备管理: the reserve library by tier: what is ripe to move on, what should go up a tier, what has gone stale."""

from __future__ import annotations

from datetime import datetime
from typing import Final

import polars as pl

from huiliu.period import Period
from oversight.facts import Facts
from oversight.mechanisms.criteria import Criteria
from oversight.mechanisms.progress import BEFORE, state, up_to
from oversight.rule_files import Rules

ADVICE: Final = {
    "PREPARE": ("计划近期开工：转入前期、落实要素", "planned to start soon: prepare it"),
    "RAISE": ("达到上一级规模：推荐入上级库", "large enough for the tier above: propose it there"),
    "INCOMPLETE": ("缺计划开工或竣工日期：补全", "planned start or completion is missing: complete it"),
    "STALE": ("储备过久：核实或退出", "in reserve for long: check it or take it out"),
}
#: ``age``: months since its first report. ``fits``: the tier that its planned investment is large enough for.
RESERVE: Final = pl.Schema(
    {
        "tier": pl.String(),
        "division": pl.Int32(),
        "project_code": pl.String(),
        "name": pl.String(),
        "stage": pl.String(),
        "planned_investment": pl.Int64(),
        "planned_start": pl.Date(),
        "age": pl.Int32(),
        "fits": pl.String(),
        "advice": pl.List(pl.String()),
    }
)
_RANK: Final = {"COUNTY": 0, "CITY": 1, "PROVINCE": 2}


def reserve(facts: Facts, by: Criteria, period: Period, as_of: datetime, rules: Rules) -> pl.DataFrame:
    """``RESERVE`` rows of projects in reserve or preliminary work, by tier from the province down."""
    first = up_to(facts, period).frame("project_month").group_by("project_code").agg(first=pl.col("month").min())
    told = state(facts, period, as_of).filter(pl.col("stage").is_in(BEFORE) & pl.col("tier").is_in(by.tiers))
    planned, fen = pl.col("planned_investment"), 100
    fits = (
        pl.when(planned >= by["province"] * fen)
        .then(pl.lit("PROVINCE"))
        .when(planned >= by["city"] * fen)
        .then(pl.lit("CITY"))
        .otherwise(pl.lit("COUNTY"))
    )
    opened = pl.col("first").str.strptime(pl.Date, "%Y-%m")
    age = (period.last.year - opened.dt.year()) * 12 + (period.last.month - opened.dt.month().cast(pl.Int32))
    soon = pl.lit(period.last).dt.offset_by(f"{int(by['soon'])}mo")
    rank = {name: pl.col(name).replace_strict(_RANK, return_dtype=pl.Int8) for name in ("fits", "tier")}
    advice = {
        "PREPARE": pl.col("planned_start") <= soon,
        "RAISE": rank["fits"] > rank["tier"],
        "INCOMPLETE": pl.col("planned_start").is_null() | pl.col("planned_completion").is_null(),
        "STALE": pl.col("age") >= by["stale"],
    }
    judged = told.join(first, on="project_code", how="left").with_columns(fits=fits, age=age)
    named = pl.concat_list(*(pl.when(lit).then(pl.lit(name)) for name, lit in advice.items())).list.drop_nulls()
    ordered = judged.with_columns(advice=named).sort(-rank["tier"], "division", "project_code")
    return ordered.select([pl.col(name).cast(kind) for name, kind in RESERVE.items()])
