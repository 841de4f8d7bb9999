"""What is still in reserve or in preparation has not started."""

from __future__ import annotations

import polars as pl

from validators.finding import shown_date
from validators.rule import Layer, Rule, Severity


def _broken() -> pl.Expr:
    return pl.col("stage").is_in(("RESERVE", "PRELIMINARY")) & pl.col("actual_start").is_not_null()


def _expected() -> pl.Expr:
    return shown_date(pl.col("actual_start"))


RULE = Rule(
    code="PJ-STAGE-03",
    kinds=("project",),
    layer=Layer.EXPECTATION,
    severity=Severity.WARNING,
    field="stage",
    norm="省十三届人大四次会议第1002号建议答复（江苏，2021）：月度跟踪调度、滚动实施调整",
    zh="项目阶段为 {value}，却已有实际开工日期 {expected}",
    en="the stage is {value}, yet there is an actual start, {expected}",
    mend_zh="更新项目阶段，或删去实际开工日期",
    mend_en="update the stage, or leave out the actual start",
    good={"stage": "PRELIMINARY", "actual_start": None},
    bad={"stage": "PRELIMINARY"},
    broken=_broken,
    expected=_expected,
)
