"""What the cities did in a period: starts, completions, investment against the time of its plan, reports, lights."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

import polars as pl

from huiliu.period import Period
from oversight.facts import Facts
from oversight.mechanisms.progress import BEGUN, DONE, ended, plan_share, with_lights
from oversight.rule_files import Rules

#: Fen and counts; rates in per cent, null where nothing was due. ``unknown``: projects whose investment in the period
#: cannot be told, left out of ``invested`` and ``due``.
CITY: Final = pl.Schema(
    {
        "city": pl.Int32(),
        "projects": pl.Int64(),
        "due_start": pl.Int64(),
        "started": pl.Int64(),
        "due_completion": pl.Int64(),
        "completed": pl.Int64(),
        "invested": pl.Int64(),
        "due": pl.Int64(),
        "unknown": pl.Int64(),
        "reports": pl.Int64(),
        "expected": pl.Int64(),
        "red": pl.Int64(),
        "yellow": pl.Int64(),
        "start_rate": pl.Float64(),
        "completion_rate": pl.Float64(),
        "investment_rate": pl.Float64(),
        "reporting_rate": pl.Float64(),
    }
)


def by_city(facts: Facts, period: Period, as_of: datetime, rules: Rules, tiers: tuple[str, ...]) -> pl.DataFrame:
    """``CITY`` rows of the projects in libraries of these tiers; cancelled ones only where they were before it.

    Due to start or complete are those whose planned day lies not after the end of the period. ``due``: of the planned
    investment the share that belongs to the period by time; of one that should have been complete before, all the rest.
    """
    return figures(with_lights(facts, period, as_of, rules).filter(pl.col("tier").is_in(tiers)), period, as_of)


def figures(projects: pl.DataFrame, period: Period, as_of: datetime) -> pl.DataFrame:
    """``CITY`` rows of projects (``progress.with_lights``)."""
    closed, opened = ended(period, as_of), datetime.fromtimestamp(period.start_ms / 1000, UTC)
    start, end = pl.col("planned_start"), pl.col("planned_completion")
    last = pl.lit(period.last)
    share = plan_share(start, end, closed) - plan_share(start, end, opened)
    by_time = (pl.col("planned_investment") * share).round(0).cast(pl.Int64)
    rest = (pl.col("planned_investment") - (pl.col("cumulative_investment") - pl.col("invested"))).clip(0)
    due = pl.when(end < pl.lit(period.first)).then(rest).otherwise(by_time)
    known = pl.col("invested").is_not_null() & due.is_not_null()
    begun = pl.col("stage").is_in(BEGUN) | pl.col("actual_start").is_not_null()
    counted = projects.filter(pl.col("stage") != "CANCELLED").with_columns(due=due, known=known)
    sums = counted.group_by("city").agg(
        projects=pl.len().cast(pl.Int64),
        due_start=(start <= last).sum().cast(pl.Int64),
        started=((start <= last) & begun).sum().cast(pl.Int64),
        due_completion=(end <= last).sum().cast(pl.Int64),
        completed=((end <= last) & pl.col("stage").is_in(DONE)).sum().cast(pl.Int64),
        invested=pl.col("invested").filter("known").sum(),
        due=pl.col("due").filter("known").sum(),
        unknown=(~pl.col("known")).sum().cast(pl.Int64),
        reports=pl.col("reports").sum().cast(pl.Int64),
        expected=pl.col("expected").sum().cast(pl.Int64),
        red=(pl.col("light") == "RED").sum().cast(pl.Int64),
        yellow=(pl.col("light") == "YELLOW").sum().cast(pl.Int64),
    )
    return (
        sums.with_columns(
            start_rate=_rate("started", "due_start"),
            completion_rate=_rate("completed", "due_completion"),
            investment_rate=_rate("invested", "due"),
            reporting_rate=_rate("reports", "expected"),
        )
        .select([pl.col(name).cast(kind) for name, kind in CITY.items()])
        .sort("city")
    )


def _rate(done: str, due: str) -> pl.Expr:
    return pl.when(pl.col(due) > 0).then((100 * pl.col(done) / pl.col(due)).round(2))
