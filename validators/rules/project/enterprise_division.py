"""The division of first registration inside the credit code exists or existed."""

from __future__ import annotations

import polars as pl

from validators.credit_codes import wrong_division
from validators.rule import Layer, Rule, Severity


def _broken() -> pl.Expr:
    return wrong_division(pl.col("enterprise"))


def _expected() -> pl.Expr:
    return pl.col("enterprise").str.slice(2, 6)


RULE = Rule(
    code="PJ-ENTERPRISE-04",
    kinds=("project",),
    layer=Layer.EXPECTATION,
    severity=Severity.WARNING,
    field="enterprise",
    norm="GB 32100-2015；GB/T 2260",
    zh="建设单位统一社会信用代码“{value}”中的登记区划 {expected} 从未存在",
    en="division {expected} inside credit code “{value}” never existed",
    mend_zh="与营业执照核对第 3 至 8 位",
    mend_en="compare characters 3 to 8 with the licence",
    good={"enterprise": "911000001000013428"},
    bad={"enterprise": "91999999MA2MQ1232U"},
    broken=_broken,
    expected=_expected,
)
