"""Where the clause gives a share, the basis of the share is told; without it the share cannot be checked."""

from __future__ import annotations

import polars as pl

from validators.policy_columns import term
from validators.rule import Layer, Rule, Severity


def _broken() -> pl.Expr:
    return term("rate_bp").is_not_null() & pl.col("basis").is_null()


RULE = Rule(
    code="AW-BASIS-01",
    kinds=("award",),
    layer=Layer.EXPECTATION,
    severity=Severity.WARNING,
    field="basis",
    norm="支持以数字化转型推动制造业高端化智能化绿色化发展若干政策（安徽，2023）第一、八、九条：按比例奖补",
    zh="条款按比例奖补，但没有计算基数，无法核对比例",
    en="the clause gives a share, but no basis is told: the share cannot be checked",
    mend_zh="补报计算基数（设备与工业软件购置额、利息、实际投资等）",
    mend_en="give the basis: equipment and software bought, interest, actual investment",
    good={"clause": "4.platform-cross", "basis": None},
    bad={"basis": None},
    broken=_broken,
)
