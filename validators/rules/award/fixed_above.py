"""A fixed award is not more than the clause states, times the count, uplift included."""

from __future__ import annotations

import polars as pl

from validators.amounts import in_yuan
from validators.policy_columns import ceiling, term
from validators.rule import Layer, Rule, Severity


def _broken() -> pl.Expr:
    return term("amount_fen").is_not_null() & (pl.col("amount") > ceiling())


def _difference() -> pl.Expr:
    return pl.col("amount") - ceiling()


def _suggest() -> pl.Expr:
    return in_yuan(ceiling())


RULE = Rule(
    code="AW-CAP-03",
    kinds=("award",),
    layer=Layer.EXPECTATION,
    severity=Severity.ERROR,
    field="amount",
    norm=("支持以数字化转型推动制造业高端化智能化绿色化发展若干政策（安徽，2023）第一、四至七条及其他政策：定额奖补"),
    zh="奖补金额 {value} 分超过定额 {expected} 分，多 {difference} 分",
    en="amount of {value} fen is above the fixed {expected} fen, by {difference} fen",
    mend_zh="核对金额单位、受益个数与条款；确属超标准的应核减后重报",
    mend_en=("check the unit, the count and the clause; if it is above the standard, reduce it and report again"),
    good={"clause": "4.platform-enterprise", "basis": None, "project_code": None, "amount": 100000000},
    bad={"clause": "4.platform-enterprise", "basis": None, "project_code": None, "amount": 100000001},
    broken=_broken,
    expected=ceiling,
    difference=_difference,
    suggest=_suggest,
)
