"""No award is above its clause's share of the basis, uplift included."""

from __future__ import annotations

import polars as pl

from validators.amounts import in_yuan
from validators.policy_columns import by_rate
from validators.rule import Layer, Rule, Severity


def _broken() -> pl.Expr:
    return pl.col("amount") > by_rate()


def _difference() -> pl.Expr:
    return pl.col("amount") - by_rate()


def _suggest() -> pl.Expr:
    return in_yuan(by_rate())


RULE = Rule(
    code="AW-CAP-02",
    kinds=("award",),
    layer=Layer.EXPECTATION,
    severity=Severity.ERROR,
    field="amount",
    norm="支持以数字化转型推动制造业高端化智能化绿色化发展若干政策（安徽，2023）第一、八、九条：按比例奖补",
    zh="奖补金额 {value} 分超过基数按比例计算的 {expected} 分，多 {difference} 分",
    en="amount of {value} fen is above the share of the basis, {expected} fen, by {difference} fen",
    mend_zh="核对计算基数与金额的单位；确属超比例的应核减后重报",
    mend_en="check the units of basis and amount; if the share is exceeded, reduce it and report again",
    good={"basis": 4000000000, "amount": 400000000},
    bad={"basis": 4000000000, "amount": 400000001},
    broken=_broken,
    expected=by_rate,
    difference=_difference,
    suggest=_suggest,
)
