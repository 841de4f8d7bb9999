"""月度跟踪调度: every project that is being followed, where it stands at the end of the month and what it did in it."""

from __future__ import annotations

from datetime import datetime
from typing import Final

import polars as pl

from huiliu.period import Period
from oversight.facts import Facts
from oversight.mechanisms.criteria import Criteria
from oversight.mechanisms.progress import DONE, with_lights
from oversight.projects.plan import OWING
from oversight.rule_files import Rules

#: ``state``: REPORTED, SILENT (no report for the period), FIRST (its first report: investment of the month unknown).
MONTHLY: Final = pl.Schema(
    {
        "division": pl.Int32(),
        "project_code": pl.String(),
        "name": pl.String(),
        "tier": pl.String(),
        "stage": pl.String(),
        "light": pl.String(),
        "progress": pl.Float64(),
        "planned": pl.Float64(),
        "behind": pl.Float64(),
        "invested": pl.Int64(),
        "cumulative_investment": pl.Int64(),
        "planned_investment": pl.Int64(),
        "month": pl.String(),
        "silent": pl.Int32(),
        "state": pl.String(),
    }
)
_ORDER: Final = {"RED": 0, "YELLOW": 1, "GREEN": 2}


def monthly(facts: Facts, by: Criteria, period: Period, as_of: datetime, rules: Rules) -> pl.DataFrame:
    """``MONTHLY`` rows of projects that owe progress or were completed in the period, red ones first."""
    told = with_lights(facts, period, as_of, rules).filter(pl.col("tier").is_in(by.tiers))
    completed = pl.col("stage").is_in(DONE) & (pl.col("actual_completion") >= pl.lit(period.first))
    followed = told.filter(pl.col("stage").is_in(OWING) | completed)
    state = (
        pl.when(pl.col("silent") >= by["silent"])
        .then(pl.lit("SILENT"))
        .when(pl.col("invested").is_null())
        .then(pl.lit("FIRST"))
        .otherwise(pl.lit("REPORTED"))
    )
    order = pl.col("light").replace_strict(_ORDER, return_dtype=pl.Int8)
    shaped = followed.with_columns(state=state).sort(order, "division", "project_code")
    return shaped.select([pl.col(name).cast(kind) for name, kind in MONTHLY.items()])
