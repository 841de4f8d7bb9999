"""适时现场推进: the projects to push forward on site, by a score whose parts are shown."""

from __future__ import annotations

from datetime import datetime
from typing import Final

import polars as pl

from huiliu.period import Period
from oversight.facts import Facts
from oversight.mechanisms import score
from oversight.mechanisms.criteria import Criteria
from oversight.mechanisms.progress import with_lights
from oversight.projects.plan import OWING
from oversight.rule_files import Rules

ON_SITE: Final = pl.Schema(
    {
        "division": pl.Int32(),
        "project_code": pl.String(),
        "name": pl.String(),
        "stage": pl.String(),
        "light": pl.String(),
        "planned_investment": pl.Int64(),
        "score": pl.Float64(),
        "parts": pl.List(score.PART),
    }
)


def on_site(facts: Facts, by: Criteria, period: Period, as_of: datetime, rules: Rules) -> pl.DataFrame:
    """``ON_SITE`` rows of the projects from ``listed`` points on, the highest first."""
    told = with_lights(facts, period, as_of, rules).filter(
        pl.col("tier").is_in(by.tiers) & pl.col("stage").is_in(OWING)
    )
    behind = pl.col("behind").fill_null(0.0)
    red = pl.max_horizontal((pl.col("light") == "RED").cast(pl.Float64), behind / by["behind"])
    yuan = pl.col("planned_investment") / 100
    parts = pl.concat_list(
        score.part("red", behind, "point", by["behind"], by["weight_red"], red),
        score.part("stopped", pl.col("stopped"), "month", 1, by["weight_stopped"], pl.col("stopped") > 0),
        score.part("still", pl.col("still"), "month", by["still"], by["weight_still"], pl.col("still") >= by["still"]),
        score.part("large", yuan, "yuan", by["large"], by["weight_large"], yuan >= by["large"]),
    )
    scored = told.with_columns(parts=parts).with_columns(score=score.total("parts"))
    listed = scored.filter(pl.col("score") >= by["listed"]).sort("score", "project_code", descending=[True, False])
    return listed.select([pl.col(name).cast(kind) for name, kind in ON_SITE.items()])
