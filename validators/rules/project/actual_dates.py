"""The project started before it was complete."""

from __future__ import annotations

import polars as pl

from validators.finding import shown_date
from validators.rule import Layer, Rule, Severity
from validators.swapped import dates


def _expected() -> pl.Expr:
    return shown_date(pl.col("actual_start"))


RULE = Rule(
    code="PJ-DATE-02",
    kinds=("project",),
    layer=Layer.EXPECTATION,
    severity=Severity.ERROR,
    field="actual_completion",
    norm="数据契约 project/1",
    zh="实际竣工日期 {value} 早于实际开工日期 {expected}",
    en="actual completion {value} lies before actual start {expected}",
    mend_zh="核对两个日期，可能填反",
    mend_en="check both dates; they may be swapped",
    good={"actual_start": 20000, "actual_completion": 20000},
    bad={"actual_start": 20001, "actual_completion": 20000},
    expectation={
        "type": "expect_column_pair_values_a_to_be_greater_than_b",
        "kwargs": {
            "column_A": "actual_completion",
            "column_B": "actual_start",
            "or_equal": True,
            "ignore_row_if": "either_value_is_missing",
        },
    },
    expected=_expected,
    suggest=lambda: dates("actual_start", "actual_completion"),
)
