"""What is counted is a whole number."""

from __future__ import annotations

import polars as pl

from validators.indicator_columns import counts
from validators.rule import Layer, Rule, Severity


def _broken() -> pl.Expr:
    return counts() & pl.col("value").is_finite() & (pl.col("value") != pl.col("value").floor())


def _expected() -> pl.Expr:
    return pl.col("indicator")


RULE = Rule(
    code="IN-VALUE-03",
    kinds=("indicator",),
    layer=Layer.EXPECTATION,
    severity=Severity.WARNING,
    field="value",
    norm="指标代码表（schemas/codes/indicator.json）",
    zh="{expected} 为计数指标，数值 {value} 应为整数",
    en="{expected} is a count: value {value} should be a whole number",
    mend_zh="填报个数；以万为单位的请换算",
    mend_en="give the number counted; convert from ten-thousands",
    good={"indicator": "industrial-robots", "unit": "台", "period": "2026Q3", "value": 1200.0},
    bad={"indicator": "industrial-robots", "unit": "台", "period": "2026Q3", "value": 1.2},
    broken=_broken,
    expected=_expected,
)
