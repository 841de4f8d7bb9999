"""A correction of the same month that lowers the investment completed is loaded, and seen."""

from __future__ import annotations

import polars as pl

from validators.history import same_month, was
from validators.rule import Layer, Rule, Severity


def _broken() -> pl.Expr:
    return same_month() & (pl.col("cumulative_investment") < was("cumulative_investment"))


def _expected() -> pl.Expr:
    return was("cumulative_investment")


def _difference() -> pl.Expr:
    return was("cumulative_investment") - pl.col("cumulative_investment")


RULE = Rule(
    code="PJ-HISTORY-02",
    kinds=("project",),
    layer=Layer.HISTORY,
    severity=Severity.WARNING,
    field="cumulative_investment",
    norm="省十三届人大四次会议第1002号建议答复（江苏，2021）：月度跟踪调度、滚动实施调整",
    zh="更正使本月累计完成投资由 {expected} 分降至 {value} 分，减少 {difference} 分",
    en=("a correction lowers this month's cumulative investment from {expected} to {value} fen, by {difference} fen"),
    mend_zh="确属更正误报的无需处理，请在来源编号中注明依据",
    mend_en="nothing to do if it mends an error; give the reason in source_ref",
    good={"previous__revision": 1, "previous__month": "2026-10", "previous__cumulative_investment": 7200000000},
    bad={"previous__revision": 1, "previous__month": "2026-10", "previous__cumulative_investment": 7300000000},
    broken=_broken,
    needs=("previous__revision", "previous__month", "previous__cumulative_investment"),
    expected=_expected,
    difference=_difference,
)
