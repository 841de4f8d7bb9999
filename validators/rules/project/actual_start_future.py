"""The actual start, being actual, is not after the day of reporting."""

from __future__ import annotations

import polars as pl

from huiliu.period import shanghai_day
from validators.finding import shown_date
from validators.rule import Layer, Rule, Severity


def _broken() -> pl.Expr:
    return pl.col("actual_start") > shanghai_day(pl.col("reported_at"))


def _expected() -> pl.Expr:
    return shown_date(shanghai_day(pl.col("reported_at")))


RULE = Rule(
    code="PJ-DATE-07",
    kinds=("project",),
    layer=Layer.EXPECTATION,
    severity=Severity.WARNING,
    field="actual_start",
    norm="数据契约 project/1",
    zh="实际开工日期 {value} 晚于报送日 {expected}",
    en="actual start {value} lies after the day of reporting, {expected}",
    mend_zh="尚未发生的填入计划日期，实际日期留空",
    mend_en="what has not happened belongs in the planned date",
    good={"actual_start": 20770},
    bad={"actual_start": 20790},
    broken=_broken,
    expected=_expected,
)
