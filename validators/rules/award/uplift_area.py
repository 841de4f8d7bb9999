"""Outside the six cities of northern Anhui the uplift is for listed counties only.

The list is not in the policy's text, so this is no more than a note to look at it.
"""

from __future__ import annotations

import polars as pl

from validators.policy_columns import in_uplift_area
from validators.rule import Layer, Rule, Severity


def _broken() -> pl.Expr:
    return pl.col("uplift") & ~in_uplift_area()


def _expected() -> pl.Expr:
    return pl.col("division")


RULE = Rule(
    code="AW-UPLIFT-02",
    kinds=("award",),
    layer=Layer.EXPECTATION,
    severity=Severity.INFO,
    field="uplift",
    norm=(
        "支持以数字化转型推动制造业高端化智能化绿色化发展若干政策（安徽，2023）末条：皖北、"
        "原国家和省扶贫开发工作重点县（市、区，含部分革命老区）"
    ),
    zh="{expected} 不属于皖北六市，享受上浮须在重点县名单之内",
    en=("{expected} is not in the six cities of northern Anhui: the uplift needs the county to be on the list"),
    mend_zh="对照实施细则中的重点县名单核实",
    mend_en="check against the list of counties in the detailed rules",
    good={"division": "341202", "uplift": True},
    bad={"uplift": True},
    broken=_broken,
    expected=_expected,
)
