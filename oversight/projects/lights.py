"""Yellow and red lights (黄灯, 红灯) of projects that fall behind.

As provinces and cities run it, by public notices: Yinchuan, 10 to 30 points behind plan is yellow, more than 30 red;
Wuhan, below 80 % of the progress that is proportional to time is yellow, below 60 % red; Wenzhou Ouhai, red turns
yellow only after the project has caught up. So a light has a memory, the project's earlier reports: one that turned red
stays red, however it improves, until a report lies beyond the line of catching up; that report's light is yellow,
and only the next one may show none.
"""

from __future__ import annotations

from datetime import datetime

import polars as pl

from oversight.facts import Facts
from oversight.found import evidence, fact, figure, matters
from oversight.projects.plan import against_plan
from oversight.rule import Rule


def behind_points(rule: Rule, facts: Facts, as_of: datetime) -> pl.DataFrame:
    """Progress behind plan by percentage points: from ``yellow`` on, more than ``red``, caught up at ``catch_up``."""
    reports = against_plan(facts.frame("project_month"), as_of)
    return _lit(
        rule,
        reports.with_columns(value=pl.col("behind")),
        red=pl.col("value") > rule.number("red"),
        yellow=pl.col("value") >= rule.number("yellow"),
        caught_up=pl.col("value") <= rule.number("catch_up"),
        unit="point",
    )


def behind_pace(rule: Rule, facts: Facts, as_of: datetime) -> pl.DataFrame:
    """Progress below a share of what is proportional to time, from ``least_plan`` per cent of plan on."""
    reports = against_plan(facts.frame("project_month"), as_of)
    judged = reports.filter((pl.col("planned") > 0) & (pl.col("planned") >= rule.number("least_plan")))
    return _lit(
        rule,
        judged.with_columns(value=(100 * pl.col("progress") / pl.col("planned")).round(2)),
        red=pl.col("value") < rule.number("red"),
        yellow=pl.col("value") < rule.number("yellow"),
        caught_up=pl.col("value") >= rule.number("catch_up"),
        unit="%",
    )


def _lit(
    rule: Rule, reports: pl.DataFrame, *, red: pl.Expr, yellow: pl.Expr, caught_up: pl.Expr, unit: str
) -> pl.DataFrame:
    """The light of each project's last report, folded over its reports in order of month."""
    turned = pl.when(red).then(pl.lit(True)).when(caught_up).then(pl.lit(False))
    folded = (
        reports.with_columns(turned.alias("red"))
        .with_columns(pl.col("red").forward_fill().over("project_code", order_by="month").fill_null(False))
        .with_columns(was_red=pl.col("red").shift(1).over("project_code", order_by="month").fill_null(False))
        .with_columns(yellow=~pl.col("red") & (yellow | pl.col("was_red")))
        .with_columns(lit=pl.col("red") | pl.col("yellow"))
        .with_columns(since=_since())
    )
    last = folded.group_by("project_code", maintain_order=True).last().filter("lit")
    lines = {name: pl.lit(rule.number(name)) for name in ("red", "yellow", "catch_up")}
    held = pl.when(red).then(lines["red"]).otherwise(lines["catch_up"])  # red still, for want of catching up
    return matters(
        rule,
        last.with_columns(
            subject=pl.col("project_code"),
            period=pl.col("month"),
            severity=pl.when("red").then(pl.lit("RED")).otherwise(pl.lit("YELLOW")),
            seen=pl.col("since"),
            threshold=pl.when("red").then(held).otherwise(lines["yellow"]),
            unit=pl.lit(unit),
            evidence=evidence(
                fact("project", "project_code", "month"),
                figure("planned_progress", pl.col("planned"), "%"),
                figure("progress", pl.col("progress"), "%"),
            ),
        ),
    )


def _since() -> pl.Expr:
    """The moment that the first report of the present run of lights speaks of."""
    begins = pl.col("lit") & ~pl.col("lit").shift(1).fill_null(False)
    return pl.when(begins).then(pl.col("reached")).forward_fill().over("project_code", order_by="month")
