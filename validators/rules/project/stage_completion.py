"""A completed project has an actual completion: lights and awards are reckoned from it."""

from __future__ import annotations

import polars as pl

from validators.rule import Layer, Rule, Severity


def _broken() -> pl.Expr:
    return (pl.col("stage") == "COMPLETED") & pl.col("actual_completion").is_null()


RULE = Rule(
    code="PJ-STAGE-02",
    kinds=("project",),
    layer=Layer.EXPECTATION,
    severity=Severity.ERROR,
    field="actual_completion",
    norm="省十三届人大四次会议第1002号建议答复（江苏，2021）：月度跟踪调度、滚动实施调整",
    zh="项目阶段为竣工，但没有实际竣工日期",
    en="the stage is completed, but there is no actual completion",
    mend_zh="补报实际竣工日期；尚未竣工验收的仍报在建",
    mend_en="report the actual completion; what is not yet accepted is still being built",
    good={"stage": "COMPLETED", "actual_completion": 20700},
    bad={"stage": "COMPLETED", "actual_completion": None},
    broken=_broken,
)
