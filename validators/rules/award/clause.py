"""The policy has this clause."""

from __future__ import annotations

import polars as pl

from validators import policy_columns
from validators.policies import policies
from validators.rule import Layer, Rule, Severity


def _broken() -> pl.Expr:
    return pl.col("policy").is_in([*policies()]) & ~policy_columns.known()


def _expected() -> pl.Expr:
    return pl.col("policy")


RULE = Rule(
    code="AW-POLICY-02",
    kinds=("award",),
    layer=Layer.EXPECTATION,
    severity=Severity.ERROR,
    field="clause",
    norm="政策条款库（validators/policies）",
    zh="政策 {expected} 没有条款“{value}”",
    en="policy {expected} has no clause “{value}”",
    mend_zh="按政策条款库填报条款代码",
    mend_en="use a clause code of the policy library",
    good={"clause": "9.new-mode"},
    bad={"clause": "10.demo"},
    broken=_broken,
    expected=_expected,
)
