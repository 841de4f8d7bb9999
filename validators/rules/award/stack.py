"""Other awards exist for the same payee and project: even below the cap a case for a second look."""

from __future__ import annotations

import polars as pl

from validators.amounts import LARGEST_FEN
from validators.policy_columns import allowed, once
from validators.rule import Layer, Rule, Severity


def _broken() -> pl.Expr:
    together = pl.col("stack__amount").fill_null(0).clip(0, LARGEST_FEN) + pl.col("amount").clip(0, LARGEST_FEN)
    below = (together <= allowed()).fill_null(True)
    return (pl.col("stack__count") > 0) & (pl.col("status") != "RECOVERED") & once() & below


def _expected() -> pl.Expr:
    return pl.col("stack__count")


def _difference() -> pl.Expr:
    return pl.col("stack__amount")


RULE = Rule(
    code="AW-STACK-02",
    kinds=("award",),
    layer=Layer.HISTORY,
    severity=Severity.WARNING,
    field="amount",
    norm="芜湖市2023年奖补政策审计：审核把关不严",
    zh="同一单位、同一项目另有 {expected} 笔奖补，合计 {difference} 分",
    en="{expected} other awards exist for the same payee and project, {difference} fen in all",
    mend_zh="核对是否重复申报；属分年或分级安排的无需处理",
    mend_en="check that nothing is claimed twice; instalments by year or level are fine",
    good={"stack__amount": 0, "stack__count": 0},
    bad={"stack__amount": 50000000, "stack__count": 1, "amount": 300000000},
    broken=_broken,
    needs=("stack__amount", "stack__count"),
    expected=_expected,
    difference=_difference,
)
