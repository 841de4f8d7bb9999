"""Progress and money tell about the same story: thirty points apart ask for an explanation."""

from __future__ import annotations

from typing import Final

import polars as pl

from validators.rule import Layer, Rule, Severity

#: Percentage points.
APART: Final = 30.0


def _invested() -> pl.Expr:
    planned = pl.col("planned_investment")
    return pl.when(planned > 0).then(pl.col("cumulative_investment") / planned * 100)


def _gap() -> pl.Expr:
    return (pl.col("progress") - _invested()).abs()


def _broken() -> pl.Expr:
    return _gap().is_finite() & (_gap() > APART)


def _expected() -> pl.Expr:
    return _invested().round(1)


def _difference() -> pl.Expr:
    return _gap().round(1)


RULE = Rule(
    code="PJ-PROGRESS-02",
    kinds=("project",),
    layer=Layer.EXPECTATION,
    severity=Severity.WARNING,
    field="progress",
    norm=("省十三届人大四次会议第1002号建议答复（江苏，2021）：投资风险评估；银川重大项目亮灯：落后 30 个百分点为红灯"),
    zh="形象进度 {value}% 与投资完成比例 {expected}% 相差 {difference} 个百分点",
    en="progress of {value} % and {expected} % of the investment done lie {difference} points apart",
    mend_zh="核对形象进度、累计投资与计划投资；相差属实的请说明",
    mend_en="check progress, cumulative and planned investment; explain if the gap is real",
    good={"progress": 85.0},
    bad={"progress": 95.0},
    broken=_broken,
    expected=_expected,
    difference=_difference,
)
