"""The maximum is not less than the average."""

from __future__ import annotations

import polars as pl

from validators.rule import Layer, Rule, Severity
from validators.swapped import extremes

RULE = Rule(
    code="RD-ORDER-02",
    kinds=("reading",),
    layer=Layer.EXPECTATION,
    severity=Severity.ERROR,
    field="maximum",
    norm="HJ 212-2017 附录 C（Min、Avg、Max）",
    zh="最大值 {value} 小于均值 {expected}",
    en="the maximum {value} is less than the average {expected}",
    mend_zh="核对最小值、均值、最大值是否填错位置",
    mend_en="check whether minimum, average and maximum stand in each other's place",
    good={"maximum": 18.4, "average": 18.4},
    bad={"maximum": 18.3, "average": 18.4},
    expectation={
        "type": "expect_column_pair_values_a_to_be_greater_than_b",
        "kwargs": {
            "column_A": "maximum",
            "column_B": "average",
            "or_equal": True,
            "ignore_row_if": "either_value_is_missing",
        },
    },
    expected=lambda: pl.col("average"),
    suggest=extremes,
)
