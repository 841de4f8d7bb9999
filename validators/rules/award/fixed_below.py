"""A fixed award is not less than the clause states: instalments belong in the amount paid.

A hundredth or a millionth of it is suggested to be yuan, or ten-thousand yuan, taken for fen.
"""

from __future__ import annotations

import polars as pl

from validators.policy_columns import ceiling, term
from validators.rule import Layer, Rule, Severity


def _broken() -> pl.Expr:
    return term("amount_fen").is_not_null() & (pl.col("amount") < ceiling())


def _difference() -> pl.Expr:
    return ceiling() - pl.col("amount")


def _suggest() -> pl.Expr:
    slip = (pl.col("amount") == ceiling() // 100) | (pl.col("amount") == ceiling() // 1_000_000)
    return pl.when(slip).then(ceiling())


RULE = Rule(
    code="AW-CAP-04",
    kinds=("award",),
    layer=Layer.EXPECTATION,
    severity=Severity.WARNING,
    field="amount",
    norm=("支持以数字化转型推动制造业高端化智能化绿色化发展若干政策（安徽，2023）第一、四至七条及其他政策：定额奖补"),
    zh="奖补金额 {value} 分低于定额 {expected} 分，少 {difference} 分",
    en="amount of {value} fen is below the fixed {expected} fen, by {difference} fen",
    mend_zh="奖补金额填报核定全额，分次拨付的填入已拨付金额；核对单位是否为分",
    mend_en="give the full amount approved; instalments belong in the amount paid; check that the unit is fen",
    good={"clause": "4.platform-enterprise", "basis": None, "project_code": None, "amount": 100000000},
    bad={"clause": "4.platform-enterprise", "basis": None, "project_code": None, "amount": 1000000},
    broken=_broken,
    expected=ceiling,
    difference=_difference,
    suggest=_suggest,
)
