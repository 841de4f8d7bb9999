"""A share between 0 and 1 is probably a fraction where per cent were asked."""

from __future__ import annotations

import polars as pl

from validators.indicator_columns import is_share
from validators.rule import Layer, Rule, Severity


def _broken() -> pl.Expr:
    return is_share() & (pl.col("value") > 0) & (pl.col("value") < 1)


def _suggest() -> pl.Expr:
    return (pl.col("value") * 100).round(6)


RULE = Rule(
    code="IN-VALUE-04",
    kinds=("indicator",),
    layer=Layer.EXPECTATION,
    severity=Severity.INFO,
    field="value",
    norm="指标代码表（schemas/codes/indicator.json）：计量单位为 %",
    zh="数值 {value} 在 0 与 1 之间，而单位为 %：是否误报为小数",
    en="value {value} lies between 0 and 1 while the unit is %: was a fraction meant",
    mend_zh="41.5% 填 41.5，不填 0.415",
    mend_en="for 41.5 % give 41.5, not 0.415",
    good={"value": 1.5},
    bad={"value": 0.415},
    broken=_broken,
    suggest=_suggest,
)
