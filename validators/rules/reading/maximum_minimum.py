"""The maximum is not less than the minimum; seen by itself where there is no average."""

from __future__ import annotations

import polars as pl

from validators.rule import Layer, Rule, Severity
from validators.swapped import extremes

RULE = Rule(
    code="RD-ORDER-03",
    kinds=("reading",),
    layer=Layer.EXPECTATION,
    severity=Severity.ERROR,
    field="maximum",
    norm="HJ 212-2017 附录 C（Min、Avg、Max）",
    zh="最大值 {value} 小于最小值 {expected}",
    en="the maximum {value} is less than the minimum {expected}",
    mend_zh="核对最小值、均值、最大值是否填错位置",
    mend_en="check whether minimum, average and maximum stand in each other's place",
    good={"maximum": 12.1, "average": None, "minimum": 12.1},
    bad={"maximum": 12.0, "average": None, "minimum": 12.1},
    expectation={
        "type": "expect_column_pair_values_a_to_be_greater_than_b",
        "kwargs": {
            "column_A": "maximum",
            "column_B": "minimum",
            "or_equal": True,
            "ignore_row_if": "either_value_is_missing",
        },
    },
    expected=lambda: pl.col("minimum"),
    suggest=extremes,
)
