"""An award is made public before it is approved."""

from __future__ import annotations

import polars as pl

from validators.finding import shown_date
from validators.rule import Layer, Rule, Severity
from validators.swapped import dates


def _expected() -> pl.Expr:
    return shown_date(pl.col("publicised_on"))


RULE = Rule(
    code="AW-DATE-01",
    kinds=("award",),
    layer=Layer.EXPECTATION,
    severity=Severity.ERROR,
    field="approved_on",
    norm="数据契约 award/1：拟奖补、公示、批准、拨付、追回",
    zh="批准日期 {value} 早于公示日期 {expected}",
    en="approved on {value}, before it was made public on {expected}",
    mend_zh="核对两个日期，可能填反",
    mend_en="check both dates; they may be swapped",
    good={"publicised_on": 20346},
    bad={"publicised_on": 20347},
    expectation={
        "type": "expect_column_pair_values_a_to_be_greater_than_b",
        "kwargs": {
            "column_A": "approved_on",
            "column_B": "publicised_on",
            "or_equal": True,
            "ignore_row_if": "either_value_is_missing",
        },
    },
    expected=_expected,
    suggest=lambda: dates("publicised_on", "approved_on"),
)
