"""No more is paid than was approved."""

from __future__ import annotations

import polars as pl

from validators.rule import Layer, Rule, Severity


def _expected() -> pl.Expr:
    return pl.col("amount")


def _difference() -> pl.Expr:
    return pl.col("paid_amount") - pl.col("amount")


RULE = Rule(
    code="AW-PAID-01",
    kinds=("award",),
    layer=Layer.EXPECTATION,
    severity=Severity.ERROR,
    field="paid_amount",
    norm="数据契约 award/1：拟奖补、公示、批准、拨付、追回；芜湖市2023年奖补政策审计：审核把关不严",
    zh="已拨付 {value} 分，超过奖补金额 {expected} 分，多 {difference} 分",
    en="{value} fen were paid, {difference} fen more than the {expected} approved",
    mend_zh="核对两项金额及单位；分次拨付填报累计数",
    mend_en="check both amounts and their units; for instalments give the total so far",
    good={"paid_amount": 400000000},
    bad={"paid_amount": 400000001},
    expectation={
        "type": "expect_column_pair_values_a_to_be_greater_than_b",
        "kwargs": {
            "column_A": "amount",
            "column_B": "paid_amount",
            "or_equal": True,
            "ignore_row_if": "either_value_is_missing",
        },
    },
    expected=_expected,
    difference=_difference,
)
