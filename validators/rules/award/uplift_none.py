"""The uplift is claimed only where the policy has one."""

from __future__ import annotations

import polars as pl

from validators.policy_columns import term
from validators.rule import Layer, Rule, Severity


def _broken() -> pl.Expr:
    return pl.col("uplift") & (term("uplift_bp") == 0)


def _expected() -> pl.Expr:
    return pl.col("policy")


RULE = Rule(
    code="AW-UPLIFT-01",
    kinds=("award",),
    layer=Layer.EXPECTATION,
    severity=Severity.ERROR,
    field="uplift",
    norm=(
        "支持以数字化转型推动制造业高端化智能化绿色化发展若干政策（安徽，2023）末条：奖补资金上浮20%；其他政策无此规定"
    ),
    zh="享受了上浮，但政策 {expected} 没有上浮规定",
    en="the uplift is claimed, but policy {expected} has none",
    mend_zh="改报未上浮，并按未上浮核定金额",
    mend_en="report without the uplift, and the amount without it",
    good={"uplift": True},
    bad={"policy": "ah-2020-0493", "clause": "digital-workshop", "amount": 50000000, "basis": None, "uplift": True},
    broken=_broken,
    expected=_expected,
)
