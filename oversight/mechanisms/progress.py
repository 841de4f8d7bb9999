"""Where every project stood at the end of a period, by its reports up to then: what all mechanisms look at.

A project's facts are those of its last report not later than the period's last month. What it did in the period is the
difference to its last report before. One that had none before and did not start in the period has done an unknown part
of its investment in it: that difference is null, never zero.
"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from typing import Final

import polars as pl

from huiliu import division as divisions
from huiliu.period import Period
from oversight.facts import Facts, Read
from oversight.found import day_start, moment
from oversight.projects.plan import against_plan
from oversight.rule_files import Rules
from oversight.standing import found

UNDER_WAY: Final = ("STARTED", "BUILDING")
BEGUN: Final = ("STARTED", "BUILDING", "STOPPED", "COMPLETED", "PRODUCING")
BEFORE: Final = ("RESERVE", "PRELIMINARY")
DONE: Final = ("COMPLETED", "PRODUCING")


def last_month(period: Period) -> str:
    """The last month of a period as reports write it: 2025-06."""
    return f"{period.last:%Y-%m}"


def up_to(facts: Facts, period: Period) -> Facts:
    """The same facts without reports of later months: of each project the last that is left is its state."""
    months = facts.frame("project_month").filter(pl.col("month") <= last_month(period)).sort("project_code", "month")
    read: dict[str, Read] = {name: partial(facts.frame, name) for name in facts.reads}
    newest = months.unique("project_code", keep="last", maintain_order=True)
    return Facts(read | {"project_month": lambda: months, "project": lambda: newest})


def ended(period: Period, as_of: datetime) -> datetime:
    """The end of the period, or ``as_of`` while it still runs (UTC)."""
    return min(datetime.fromtimestamp(period.end_ms / 1000, UTC), as_of)


def state(facts: Facts, period: Period, as_of: datetime) -> pl.DataFrame:
    """The last report of each project up to the period, with what follows.

    ``city``; ``silent``: months since its last report; ``invested``: fen done in the period, null where unknown;
    ``planned``, ``behind``: plan in per cent and points behind it, null where no progress is owed; ``still``: months
    up to the last report in which neither progress nor investment rose, of one that has begun; ``overdue``: months
    past the planned completion; ``unstarted``: months past the planned start of one that has not begun;
    ``first_planned``: the planned investment of its first report; ``stopped``: months in a row that it is reported as
    stopped; ``reports`` and ``expected``: months of the period reported, and for which a report was due.
    """
    known = up_to(facts, period)
    months, last = known.frame("project_month"), known.frame("project")
    before = months.filter(pl.col("month") < f"{period.first:%Y-%m}").group_by("project_code", maintain_order=True)
    plans = against_plan(last, ended(period, as_of)).select("project_code", "planned", "behind")
    ends = pl.lit(period.last)
    reached = pl.lit(_months_of(last_month(period)), pl.Int32)
    done_before = pl.col("done_before").fill_null(pl.when(pl.col("actual_start") >= pl.lit(period.first)).then(0))
    return (
        last.join(before.agg(pl.col("cumulative_investment").last().alias("done_before")), "project_code", how="left")
        .join(plans, on="project_code", how="left")
        .join(_runs(months, period), on="project_code", how="left")
        .with_columns(
            city=_city(last),
            still=pl.when(pl.col("stage").is_in(BEFORE)).then(0).otherwise("still"),
            silent=reached - _index(pl.col("month")),
            invested=pl.col("cumulative_investment") - done_before,
            overdue=_past(pl.col("planned_completion"), ends, ~pl.col("stage").is_in([*DONE, "CANCELLED"])),
            unstarted=_past(pl.col("planned_start"), ends, pl.col("stage").is_in(BEFORE)),
        )
        .sort("project_code")
    )


def lights(facts: Facts, period: Period, as_of: datetime, rules: Rules) -> pl.DataFrame:
    """``project_code`` and ``light`` (YELLOW or RED) by the rules of family project-light at the end of the period."""
    at = ended(period, as_of)
    chosen = [rule for rule in rules.in_force(period.last) if rule.family == "project-light"]
    matters = found(chosen, up_to(facts, period), at)
    red = (pl.col("severity") == "RED").any()
    told = matters.group_by("subject", maintain_order=True).agg(
        light=pl.when(red).then(pl.lit("RED")).otherwise(pl.lit("YELLOW"))
    )
    return told.rename({"subject": "project_code"}).sort("project_code")


def with_lights(facts: Facts, period: Period, as_of: datetime, rules: Rules) -> pl.DataFrame:
    """``state``, with ``light``: RED, YELLOW or GREEN."""
    told = state(facts, period, as_of).join(lights(facts, period, as_of, rules), on="project_code", how="left")
    return told.with_columns(pl.col("light").fill_null("GREEN"))


def plan_share(start: pl.Expr, end: pl.Expr, at: datetime) -> pl.Expr:
    """Share (0 to 1) of the time from planned start to planned completion that has gone; null without a plan."""
    whole = (day_start(end + pl.duration(days=1)) - day_start(start)).dt.total_milliseconds()
    gone = (moment(at) - day_start(start)).dt.total_milliseconds()
    return pl.when(whole > 0).then((gone / whole).clip(0.0, 1.0))


def _runs(months: pl.DataFrame, period: Period) -> pl.DataFrame:
    """Of each project over its months: since when it has not risen or is stopped, and which months were reported.

    A report is due for every month from the first on; after completion or cancellation for none.
    """
    opens, closes = _months_of(f"{period.first:%Y-%m}"), _months_of(last_month(period))
    ended_ = pl.col("stage").last().is_in([*DONE, "CANCELLED"])
    last_due = pl.when(ended_).then(pl.col("index").last()).otherwise(closes)
    due = last_due - pl.max_horizontal(pl.col("index").first(), pl.lit(opens)) + 1
    rose = (pl.col("progress").diff() > 0) | (pl.col("cumulative_investment").diff() > 0)
    going = pl.col("stage") != "STOPPED"
    index = _index(pl.col("month"))
    told = months.with_columns(
        rose=rose.over("project_code", order_by="month").fill_null(True), going=going, index=index
    )
    last = pl.col("index").last()
    since_going = pl.col("index").filter(pl.col("going")).last().fill_null(pl.col("index").first() - 1)
    return told.group_by("project_code", maintain_order=True).agg(
        still=last - pl.col("index").filter(pl.col("rose")).last(),
        stopped=last - since_going,
        first_planned=pl.col("planned_investment").first(),
        reports=(pl.col("index") >= opens).sum().cast(pl.Int32),
        expected=due.clip(0),
    )


def _index(month: pl.Expr) -> pl.Expr:
    """Months since the year 0 of ``2025-06``."""
    return month.str.slice(0, 4).cast(pl.Int32) * 12 + month.str.slice(5, 2).cast(pl.Int32) - 1


def _months_of(month: str) -> int:
    return int(month[:4]) * 12 + int(month[5:7]) - 1


def _past(day: pl.Expr, at: pl.Expr, owed: pl.Expr) -> pl.Expr:
    """Whole months from a day to another, where that is owed and past; else 0."""
    months = (at.dt.year() - day.dt.year()) * 12 + (at.dt.month().cast(pl.Int32) - day.dt.month().cast(pl.Int32))
    whole = months - (at.dt.day() < day.dt.day()).cast(pl.Int32)
    return pl.when(owed & (whole > 0)).then(whole).otherwise(0)


def _city(frame: pl.DataFrame) -> pl.Expr:
    codes = frame["division"].unique().to_list()
    cities = {code: int(divisions.city_of(f"{code:06d}")) for code in codes}
    return pl.col("division").replace_strict(cities, return_dtype=pl.Int32) if cities else pl.col("division")
