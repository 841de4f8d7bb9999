"""The first two digits of the industry are one of the 97 major classes."""

from __future__ import annotations

import polars as pl

from validators.rule import Layer, Rule, Severity


def _broken() -> pl.Expr:
    return pl.col("industry").str.contains("^(00|9[89])[0-9]{2}$")


RULE = Rule(
    code="PJ-INDUSTRY-02",
    kinds=("project",),
    layer=Layer.EXPECTATION,
    severity=Severity.WARNING,
    field="industry",
    norm="GB/T 4754-2017 大类 01 至 97",
    zh="行业代码“{value}”的前两位不是现有大类（{expected}）",
    en="the first two digits of industry “{value}” are no major class ({expected})",
    mend_zh="按 GB/T 4754-2017 核对行业小类",
    mend_en="check the class against GB/T 4754-2017",
    good={"industry": "9700"},
    bad={"industry": "9811"},
    broken=_broken,
    expected="01 至 97",
)
