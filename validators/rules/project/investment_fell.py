"""Investment completed never falls from one month to a later one.

A correction of the same month may lower it (PJ-HISTORY-02), or a slip could never be mended.
"""

from __future__ import annotations

import polars as pl

from validators.history import later_month, was
from validators.rule import Layer, Rule, Severity


def _broken() -> pl.Expr:
    return later_month() & (pl.col("cumulative_investment") < was("cumulative_investment"))


def _expected() -> pl.Expr:
    return was("cumulative_investment")


def _difference() -> pl.Expr:
    return was("cumulative_investment") - pl.col("cumulative_investment")


RULE = Rule(
    code="PJ-HISTORY-01",
    kinds=("project",),
    layer=Layer.HISTORY,
    severity=Severity.ERROR,
    field="cumulative_investment",
    norm="省十三届人大四次会议第1002号建议答复（江苏，2021）：月度跟踪调度、滚动实施调整",
    zh="累计完成投资由 {expected} 分降至 {value} 分，减少 {difference} 分",
    en="cumulative investment fell from {expected} to {value} fen, by {difference} fen",
    mend_zh="累计数不应减少；上月误报的，先以更高修订号更正上月，再报本月",
    mend_en=(
        "a cumulative amount does not fall; if last month was wrong, correct it first with a higher "
        "revision, then report this one"
    ),
    good={"previous__revision": 1, "previous__month": "2026-09", "previous__cumulative_investment": 7200000000},
    bad={"previous__revision": 1, "previous__month": "2026-09", "previous__cumulative_investment": 7200000001},
    broken=_broken,
    needs=("previous__revision", "previous__month", "previous__cumulative_investment"),
    expected=_expected,
    difference=_difference,
)
