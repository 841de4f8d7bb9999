"""The unit is the indicator's own: sums over cities mean nothing otherwise.

Where another unit of the same thing was used, the value in the right unit is suggested.
"""

from __future__ import annotations

import polars as pl

from validators.indicator_columns import converted, term
from validators.rule import Layer, Rule, Severity


def _broken() -> pl.Expr:
    return pl.col("unit") != term("unit")


def _expected() -> pl.Expr:
    return term("unit")


def _suggest() -> pl.Expr:
    return pl.coalesce(converted(), term("unit"))


RULE = Rule(
    code="IN-UNIT-01",
    kinds=("indicator",),
    layer=Layer.EXPECTATION,
    severity=Severity.ERROR,
    field="unit",
    norm="指标代码表（schemas/codes/indicator.json）",
    zh="计量单位“{value}”应为“{expected}”",
    en="unit “{value}” must be “{expected}”",
    mend_zh="换算为代码表规定的计量单位后重报数值和单位",
    mend_en="convert to the unit of the code list and report value and unit again",
    good={"indicator": "industrial-revenue", "unit": "万元", "value": 88.0},
    bad={"indicator": "industrial-revenue", "unit": "亿元", "value": 88.0},
    broken=_broken,
    expected=_expected,
    suggest=_suggest,
)
