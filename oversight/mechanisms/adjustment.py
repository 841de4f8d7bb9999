"""滚动实施调整: which projects go into the yearly list and which come out, each with its reasons.

The yearly list is the province's library as it stood when the year began: the projects that their last report before
the year, else their report of January, has at tier PROVINCE. What is proposed follows from the facts; people decide.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

import polars as pl

from huiliu.period import Period
from oversight.facts import Facts
from oversight.mechanisms.criteria import Criteria
from oversight.mechanisms.progress import DONE, UNDER_WAY, state, up_to
from oversight.mechanisms.quarterly import year_to
from oversight.rule_files import Rules

REASONS: Final = {
    "DONE": ("已竣工或投产", "completed or in production"),
    "CANCELLED": ("已取消", "cancelled"),
    "STOPPED": ("长期停工", "stopped for long"),
    "NOT_STARTED": ("逾期未开工", "not started in time"),
    "SILENT": ("长期未报送", "no report for long"),
    "DEMOTED": ("已调出省级库", "no longer in the province's library"),
    "ON_LIST": ("在列，正常推进", "on the list, going on"),
    "UNDER_WAY": ("已开工在建", "under way"),
    "LARGE": ("达到投资规模", "large enough"),
    "PROMOTED": ("年内列入省级库", "entered the province's library within the year"),
}
#: ``action``: KEEP, OUT or IN.
ADJUSTMENT: Final = pl.Schema(
    {
        "action": pl.String(),
        "division": pl.Int32(),
        "project_code": pl.String(),
        "name": pl.String(),
        "tier": pl.String(),
        "stage": pl.String(),
        "planned_investment": pl.Int64(),
        "reasons": pl.List(pl.String()),
    }
)


def adjustment(facts: Facts, by: Criteria, period: Period, as_of: datetime, rules: Rules) -> pl.DataFrame:
    """``ADJUSTMENT`` rows: the list with KEEP or OUT, and what should come IN."""
    told = state(facts, period, as_of).join(_listed(facts, period), on="project_code", how="left")
    told = told.with_columns(pl.col("listed").fill_null(False))
    leaves = {
        "DONE": pl.col("stage").is_in(DONE),
        "CANCELLED": pl.col("stage") == "CANCELLED",
        "STOPPED": pl.col("stopped") >= by["stopped"],
        "NOT_STARTED": pl.col("unstarted") >= by["not_started"],
        "SILENT": ~pl.col("stage").is_in([*DONE, "CANCELLED"]) & (pl.col("silent") >= by["silent"]),
        "DEMOTED": pl.col("tier") != "PROVINCE",
    }
    under_way, large = pl.col("stage").is_in(UNDER_WAY), pl.col("planned_investment") >= by["least_investment"] * 100
    promoted = pl.col("tier") == "PROVINCE"
    enters = {"UNDER_WAY": under_way, "LARGE": large, "PROMOTED": promoted}
    out, into = _named(leaves), _named(enters)
    sound = ~pl.any_horizontal(*(lit for name, lit in leaves.items() if name != "DEMOTED"))
    wanted = sound & under_way & (large | promoted) & pl.col("tier").is_in(by.tiers)
    judged = told.with_columns(
        action=pl.when(pl.col("listed") & (out.list.len() > 0))
        .then(pl.lit("OUT"))
        .when("listed")
        .then(pl.lit("KEEP"))
        .when(wanted)
        .then(pl.lit("IN")),
        reasons=pl.when("listed")
        .then(pl.when(out.list.len() > 0).then(out).otherwise(pl.concat_list(pl.lit("ON_LIST"))))
        .otherwise(into),
    )
    kept = judged.drop_nulls("action").sort("action", "division", "project_code")
    return kept.select([pl.col(name).cast(kind) for name, kind in ADJUSTMENT.items()])


def _listed(facts: Facts, period: Period) -> pl.DataFrame:
    """Of each project whether it is on the list of the year."""
    months = up_to(facts, year_to(period)).frame("project_month")
    january = f"{period.last.year}-01"
    began = pl.col("tier").filter(pl.col("month") == january).first()
    tier = pl.col("tier").filter(pl.col("month") < january).last().fill_null(began)
    told = months.group_by("project_code", maintain_order=True).agg(listed=(tier == "PROVINCE"))
    return told.with_columns(pl.col("listed").fill_null(False))


def _named(reasons: dict[str, pl.Expr]) -> pl.Expr:
    return pl.concat_list(*(pl.when(lit).then(pl.lit(name)) for name, lit in reasons.items())).list.drop_nulls()
