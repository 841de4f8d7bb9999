"""An award is approved before it is paid."""

from __future__ import annotations

import polars as pl

from validators.finding import shown_date
from validators.rule import Layer, Rule, Severity
from validators.swapped import dates


def _expected() -> pl.Expr:
    return shown_date(pl.col("approved_on"))


RULE = Rule(
    code="AW-DATE-02",
    kinds=("award",),
    layer=Layer.EXPECTATION,
    severity=Severity.ERROR,
    field="paid_on",
    norm="数据契约 award/1：拟奖补、公示、批准、拨付、追回",
    zh="拨付日期 {value} 早于批准日期 {expected}",
    en="paid on {value}, before it was approved on {expected}",
    mend_zh="核对两个日期，可能填反",
    mend_en="check both dates; they may be swapped",
    good={"paid_on": 20346},
    bad={"paid_on": 20345},
    expectation={
        "type": "expect_column_pair_values_a_to_be_greater_than_b",
        "kwargs": {
            "column_A": "paid_on",
            "column_B": "approved_on",
            "or_equal": True,
            "ignore_row_if": "either_value_is_missing",
        },
    },
    expected=_expected,
    suggest=lambda: dates("approved_on", "paid_on"),
)
