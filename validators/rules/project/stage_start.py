"""What is started, under construction or complete has an actual start."""

from __future__ import annotations

from typing import Final

import polars as pl

from validators.rule import Layer, Rule, Severity

STARTED: Final = ("STARTED", "BUILDING", "COMPLETED", "PRODUCING")


def _broken() -> pl.Expr:
    return pl.col("stage").is_in(STARTED) & pl.col("actual_start").is_null()


def _expected() -> pl.Expr:
    return pl.col("stage")


RULE = Rule(
    code="PJ-STAGE-01",
    kinds=("project",),
    layer=Layer.EXPECTATION,
    severity=Severity.WARNING,
    field="actual_start",
    norm="省十三届人大四次会议第1002号建议答复（江苏，2021）：月度跟踪调度、滚动实施调整",
    zh="项目阶段为 {expected}，但没有实际开工日期",
    en="the stage is {expected}, but there is no actual start",
    mend_zh="补报实际开工日期",
    mend_en="report the actual start",
    good={"stage": "RESERVE", "actual_start": None},
    bad={"stage": "BUILDING", "actual_start": None},
    broken=_broken,
    expected=_expected,
)
