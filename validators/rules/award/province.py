"""The policy is one of the province in which the event's division lies."""

from __future__ import annotations

import polars as pl

from validators.policy_columns import term
from validators.rule import Layer, Rule, Severity


def _broken() -> pl.Expr:
    return pl.col("division").str.slice(0, 2) != term("province").str.slice(0, 2)


def _expected() -> pl.Expr:
    return term("province")


RULE = Rule(
    code="AW-POLICY-04",
    kinds=("award",),
    layer=Layer.EXPECTATION,
    severity=Severity.WARNING,
    field="policy",
    norm="政策适用范围",
    zh="政策“{value}”适用于 {expected}，与报送区划不在同一省份",
    en="policy “{value}” applies to {expected}, another province than the division's",
    mend_zh="核对政策代码与行政区划",
    mend_en="check the policy and the division",
    good={},
    bad={"division": "210402"},
    broken=_broken,
    expected=_expected,
)
