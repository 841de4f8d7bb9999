"""The date approved is not after the day of reporting."""

from __future__ import annotations

import polars as pl

from huiliu.period import shanghai_day
from validators.finding import shown_date
from validators.rule import Layer, Rule, Severity


def _broken() -> pl.Expr:
    return pl.col("approved_on") > shanghai_day(pl.col("reported_at"))


def _expected() -> pl.Expr:
    return shown_date(shanghai_day(pl.col("reported_at")))


RULE = Rule(
    code="AW-DATE-05",
    kinds=("award",),
    layer=Layer.EXPECTATION,
    severity=Severity.WARNING,
    field="approved_on",
    norm="数据契约 award/1",
    zh="批准日期 {value} 晚于报送日 {expected}",
    en="date approved {value} lies after the day of reporting, {expected}",
    mend_zh="尚未发生的日期留空",
    mend_en="leave out what has not happened yet",
    good={"approved_on": 20400},
    bad={"publicised_on": 20300, "approved_on": 20790},
    broken=_broken,
    expected=_expected,
)
