"""The value lies within what the indicator can be: a share between 0 and 100 %, a count not below 0.

A growth may be negative and above 100; the code list says which. A percentage without bounds there lies in 0 to 100.
"""

from __future__ import annotations

import polars as pl

from validators.indicator_columns import highest, lowest
from validators.rule import Layer, Rule, Severity


def _broken() -> pl.Expr:
    return (pl.col("value") < lowest()) | (pl.col("value") > highest())


def _expected() -> pl.Expr:
    return pl.concat_str(lowest().cast(pl.String).fill_null(""), pl.lit("–"), highest().cast(pl.String).fill_null(""))


def _suggest() -> pl.Expr:
    likely = pl.col("value") / 100
    return pl.when((pl.col("unit") == "%") & likely.is_between(lowest(), highest()) & (likely > 1)).then(likely)


RULE = Rule(
    code="IN-VALUE-02",
    kinds=("indicator",),
    layer=Layer.EXPECTATION,
    severity=Severity.ERROR,
    field="value",
    norm="指标代码表（schemas/codes/indicator.json）",
    zh="数值 {value} 超出该指标的取值范围（{expected}）",
    en="value {value} is outside the indicator's range ({expected})",
    mend_zh="核对数值；百分数填 41.5 表示 41.5%",
    mend_en="check the value; 41.5 means 41.5 %",
    good={"indicator": "industrial-value-added-growth", "value": -3.5},
    bad={"value": 101.0},
    broken=_broken,
    expected=_expected,
    suggest=_suggest,
)
