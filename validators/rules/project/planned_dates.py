"""The project is planned to start before it is planned to be complete."""

from __future__ import annotations

import polars as pl

from validators.finding import shown_date
from validators.rule import Layer, Rule, Severity
from validators.swapped import dates


def _expected() -> pl.Expr:
    return shown_date(pl.col("planned_start"))


RULE = Rule(
    code="PJ-DATE-01",
    kinds=("project",),
    layer=Layer.EXPECTATION,
    severity=Severity.ERROR,
    field="planned_completion",
    norm="数据契约 project/1",
    zh="计划竣工日期 {value} 早于计划开工日期 {expected}",
    en="planned completion {value} lies before planned start {expected}",
    mend_zh="核对两个日期，可能填反",
    mend_en="check both dates; they may be swapped",
    good={"planned_start": 20000, "planned_completion": 20000},
    bad={"planned_start": 20001, "planned_completion": 20000},
    expectation={
        "type": "expect_column_pair_values_a_to_be_greater_than_b",
        "kwargs": {
            "column_A": "planned_completion",
            "column_B": "planned_start",
            "or_equal": True,
            "ignore_row_if": "either_value_is_missing",
        },
    },
    expected=_expected,
    suggest=lambda: dates("planned_start", "planned_completion"),
)
