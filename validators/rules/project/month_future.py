"""No month is reported before it has begun."""

from __future__ import annotations

import polars as pl

from validators.months import reported_month
from validators.rule import Layer, Rule, Severity


def _broken() -> pl.Expr:
    return pl.col("month").str.contains("^[0-9]{4}-(0[1-9]|1[0-2])$") & (pl.col("month") > reported_month())


def _expected() -> pl.Expr:
    return reported_month()


RULE = Rule(
    code="PJ-MONTH-02",
    kinds=("project",),
    layer=Layer.EXPECTATION,
    severity=Severity.ERROR,
    field="month",
    norm="省十三届人大四次会议第1002号建议答复（江苏，2021）：月度跟踪调度、滚动实施调整",
    zh="所报月份 {value} 晚于报送当月 {expected}",
    en="month {value} lies after {expected}, in which it was reported",
    mend_zh="核对所报月份与报送时间",
    mend_en="check the month and the time of reporting",
    good={"month": "2026-11"},
    bad={"month": "2026-12"},
    broken=_broken,
    expected=_expected,
)
