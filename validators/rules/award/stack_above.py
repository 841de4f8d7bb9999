"""Together with other awards for the same, over all levels and years, an award is not above what its clause allows.

A warning, not an error: the others may have been paid by another government from its own money, and one that is paid
already must be on the books to be recovered. It is told before payment as well as after.
"""

from __future__ import annotations

import polars as pl

from validators.amounts import LARGEST_FEN
from validators.policy_columns import allowed, once
from validators.rule import Layer, Rule, Severity


def _together() -> pl.Expr:
    return pl.col("stack__amount").fill_null(0).clip(0, LARGEST_FEN) + pl.col("amount").clip(0, LARGEST_FEN)


def _broken() -> pl.Expr:
    counted = (pl.col("stack__count") > 0) & (pl.col("status") != "RECOVERED") & once()
    return counted & (_together() > allowed())


def _expected() -> pl.Expr:
    return _together()


def _difference() -> pl.Expr:
    return _together() - allowed()


RULE = Rule(
    code="AW-STACK-01",
    kinds=("award",),
    layer=Layer.HISTORY,
    severity=Severity.WARNING,
    field="amount",
    norm=(
        "芜湖市2023年奖补政策审计：审核把关不严；"
        "支持以数字化转型推动制造业高端化智能化绿色化发展若干政策（安徽，2023）：单个项目最高奖补额"
    ),
    zh="与同一单位、同一项目的其他奖补合计 {expected} 分，超过条款所许 {difference} 分",
    en=(
        "with other awards for the same payee and project {expected} fen in all, {difference} fen above "
        "what the clause allows"
    ),
    mend_zh="拨付前核对省、市、县各级及历年同类奖补，重复部分核减或追回",
    mend_en=("before paying, check awards of the same kind at all levels and years; reduce or recover what is doubled"),
    good={"stack__amount": 0, "stack__count": 0},
    bad={"stack__amount": 100, "stack__count": 1, "basis": 4000000000},
    broken=_broken,
    needs=("stack__amount", "stack__count"),
    expected=_expected,
    difference=_difference,
)
