"""No award is above the cap of its clause, times the count, uplift included.

An amount ten thousand times too large is suggested to be yuan taken for ten-thousand yuan.
"""

from __future__ import annotations

import polars as pl

from validators.amounts import in_yuan
from validators.policy_columns import ceiling, term
from validators.rule import Layer, Rule, Severity


def _broken() -> pl.Expr:
    return term("amount_fen").is_null() & (pl.col("amount") > ceiling())


def _difference() -> pl.Expr:
    return pl.col("amount") - ceiling()


def _suggest() -> pl.Expr:
    return in_yuan(ceiling())


RULE = Rule(
    code="AW-CAP-01",
    kinds=("award",),
    layer=Layer.EXPECTATION,
    severity=Severity.ERROR,
    field="amount",
    norm="支持以数字化转型推动制造业高端化智能化绿色化发展若干政策（安徽，2023）及其他政策：最高奖补额",
    zh="奖补金额 {value} 分超过条款上限 {expected} 分，多 {difference} 分",
    en="amount of {value} fen is above the clause's cap of {expected} fen, by {difference} fen",
    mend_zh="核对金额单位、受益个数与条款；确属超标准的应核减后重报",
    mend_en=("check the unit, the count and the clause; if it is above the standard, reduce it and report again"),
    good={"basis": None, "amount": 500000000},
    bad={"basis": None, "amount": 500000001},
    broken=_broken,
    expected=ceiling,
    difference=_difference,
    suggest=_suggest,
)
