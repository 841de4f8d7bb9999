"""Projects whose planned start has passed and that have not started (Yinchuan: three months, red)."""

from __future__ import annotations

from datetime import datetime
from typing import Final

import polars as pl

from huiliu.period import day_of
from oversight.facts import Facts
from oversight.found import day_start, evidence, fact, figure, matters
from oversight.rule import Rule

NOT_STARTED: Final = ("RESERVE", "PRELIMINARY")


def not_started(rule: Rule, facts: Facts, as_of: datetime) -> pl.DataFrame:
    """At a stage before the start, and ``after`` months have passed since the planned start. Value: whole months."""
    today = pl.lit(day_of(int(as_of.timestamp() * 1000)))
    due = pl.col("planned_start").dt.offset_by(f"{int(rule.number('after'))}mo")
    late = facts.frame("project").filter(
        pl.col("stage").is_in(NOT_STARTED) & pl.col("actual_start").is_null() & (due <= today)
    )
    return matters(
        rule,
        late.with_columns(
            subject=pl.col("project_code"),
            period=pl.col("month"),
            seen=day_start(due),
            value=_months(pl.col("planned_start"), today).cast(pl.Float64),
            threshold=pl.lit(rule.number("after")),
            unit=pl.lit("month"),
            evidence=evidence(
                fact("project", "project_code", "month"),
                figure("planned_start", pl.col("planned_start").dt.strftime("%Y-%m-%d"), "date"),
            ),
        ),
    )


def _months(first: pl.Expr, last: pl.Expr) -> pl.Expr:
    """Whole months from one day to another."""
    months = (last.dt.year() - first.dt.year()) * 12 + last.dt.month().cast(pl.Int32) - first.dt.month().cast(pl.Int32)
    return months - (first.dt.offset_by(pl.concat_str(months, pl.lit("mo"))) > last).cast(pl.Int32)
