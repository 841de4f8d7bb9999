"""投资风险评估: every running project's risk out of 100, with the arithmetic of each part."""

from __future__ import annotations

from datetime import datetime
from typing import Final

import polars as pl

from huiliu.period import Period
from oversight.awards.amounts import with_project
from oversight.facts import Facts
from oversight.mechanisms import score
from oversight.mechanisms.criteria import Criteria
from oversight.mechanisms.progress import state
from oversight.projects.plan import OWING
from oversight.rule_files import Rules

LEVELS: Final = {"HIGH": ("高", "high"), "MEDIUM": ("中", "medium"), "LOW": ("低", "low")}
RISK: Final = pl.Schema(
    {
        "division": pl.Int32(),
        "project_code": pl.String(),
        "name": pl.String(),
        "stage": pl.String(),
        "planned_investment": pl.Int64(),
        "score": pl.Float64(),
        "level": pl.String(),
        "parts": pl.List(score.PART),
    }
)


def risk(facts: Facts, by: Criteria, period: Period, as_of: datetime, rules: Rules) -> pl.DataFrame:
    """``RISK`` rows of projects that owe progress, the highest first. Awards are those known, of all levels."""
    held = with_project(facts).drop_nulls("project_code").group_by("project_code").agg(held=pl.col("held").sum())
    told = (
        state(facts, period, as_of)
        .filter(pl.col("stage").is_in(OWING) & pl.col("tier").is_in(by.tiers))
        .join(held, on="project_code", how="left")
        .with_columns(
            behind=pl.col("behind").fill_null(0.0),
            overspent=_above("cumulative_investment", "planned_investment"),
            raised=_above("planned_investment", "first_planned"),
            subsidy=_percent(pl.col("held").fill_null(0), "cumulative_investment"),
        )
    )
    measures = {"behind": "point", "overdue": "month", "still": "month", "overspent": "%", "raised": "%"}
    parts = [
        score.part(name, pl.col(name), unit, by[name], by[f"weight_{name}"], pl.col(name) / by[name])
        for name, unit in (measures | {"subsidy": "%"}).items()
    ]
    stopped = score.part("stopped", pl.col("stopped"), "month", 1, by["weight_stopped"], pl.col("stage") == "STOPPED")
    scored = told.with_columns(parts=pl.concat_list(*parts, stopped)).with_columns(score=score.total("parts"))
    level = (
        pl.when(pl.col("score") >= by["high"])
        .then(pl.lit("HIGH"))
        .when(pl.col("score") >= by["medium"])
        .then(pl.lit("MEDIUM"))
        .otherwise(pl.lit("LOW"))
    )
    ordered = scored.with_columns(level=level).sort("score", "project_code", descending=[True, False])
    return ordered.select([pl.col(name).cast(kind) for name, kind in RISK.items()])


def _above(now: str, base: str) -> pl.Expr:
    """Per cent by which an amount is above another; 0 where it is not, or the other is nothing."""
    return pl.when(pl.col(base) > 0).then((100 * (pl.col(now) / pl.col(base) - 1)).clip(0).round(2)).otherwise(0.0)


def _percent(part: pl.Expr, whole: str) -> pl.Expr:
    """An amount in per cent of another; of nothing 0 where the amount is 0, else 100."""
    share = pl.when(pl.col(whole) > 0).then((100 * part / pl.col(whole)).round(2))
    return share.otherwise(pl.when(part > 0).then(100.0).otherwise(0.0))
