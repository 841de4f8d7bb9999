"""The average is not less than the minimum."""

from __future__ import annotations

import polars as pl

from validators.rule import Layer, Rule, Severity
from validators.swapped import extremes

RULE = Rule(
    code="RD-ORDER-01",
    kinds=("reading",),
    layer=Layer.EXPECTATION,
    severity=Severity.ERROR,
    field="average",
    norm="HJ 212-2017 附录 C（Min、Avg、Max）",
    zh="均值 {value} 小于最小值 {expected}",
    en="the average {value} is less than the minimum {expected}",
    mend_zh="核对最小值、均值、最大值是否填错位置",
    mend_en="check whether minimum, average and maximum stand in each other's place",
    good={"average": 12.1, "minimum": 12.1},
    bad={"average": 12.0, "minimum": 12.1},
    expectation={
        "type": "expect_column_pair_values_a_to_be_greater_than_b",
        "kwargs": {
            "column_A": "average",
            "column_B": "minimum",
            "or_equal": True,
            "ignore_row_if": "either_value_is_missing",
        },
    },
    expected=lambda: pl.col("minimum"),
    suggest=extremes,
)
