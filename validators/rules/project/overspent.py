"""Little more is invested than was planned.

Ten thousand times as much is suggested to be yuan taken for ten-thousand yuan.
"""

from __future__ import annotations

import polars as pl

from validators.amounts import LARGEST_FEN, WAN
from validators.rule import Layer, Rule, Severity


def _limit() -> pl.Expr:
    return pl.col("planned_investment").clip(0, LARGEST_FEN) * 6 // 5


def _broken() -> pl.Expr:
    return pl.col("cumulative_investment") > _limit()


def _expected() -> pl.Expr:
    return _limit()


def _difference() -> pl.Expr:
    return pl.col("cumulative_investment") - _limit()


def _suggest() -> pl.Expr:
    likely = pl.col("cumulative_investment") // WAN
    return pl.when((likely > 0) & (likely >= _limit() // 100) & (likely <= _limit())).then(likely)


RULE = Rule(
    code="PJ-INVEST-05",
    kinds=("project",),
    layer=Layer.EXPECTATION,
    severity=Severity.WARNING,
    field="cumulative_investment",
    norm="省十三届人大四次会议第1002号建议答复（江苏，2021）：投资风险评估",
    zh="累计完成投资 {value} 分超过计划总投资的 120%（{expected} 分），超出 {difference} 分",
    en=("cumulative investment of {value} fen is above 120 % of the plan ({expected} fen), by {difference} fen"),
    mend_zh="核对两项金额的单位；确属超概算的，先调整计划总投资",
    mend_en="check the units of both amounts; if costs did overrun, correct the planned investment first",
    good={"planned_investment": 100000, "cumulative_investment": 120000},
    bad={"planned_investment": 100000, "cumulative_investment": 120001},
    broken=_broken,
    expected=_expected,
    difference=_difference,
    suggest=_suggest,
)
