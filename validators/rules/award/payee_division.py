"""The division of first registration inside the payee's credit code exists or existed."""

from __future__ import annotations

import polars as pl

from validators.credit_codes import wrong_division
from validators.rule import Layer, Rule, Severity


def _broken() -> pl.Expr:
    return wrong_division(pl.col("payee"))


def _expected() -> pl.Expr:
    return pl.col("payee").str.slice(2, 6)


RULE = Rule(
    code="AW-PAYEE-04",
    kinds=("award",),
    layer=Layer.EXPECTATION,
    severity=Severity.WARNING,
    field="payee",
    norm="GB 32100-2015；GB/T 2260",
    zh="受益单位统一社会信用代码“{value}”中的登记区划 {expected} 从未存在",
    en="division {expected} inside credit code “{value}” never existed",
    mend_zh="与证照核对第 3 至 8 位",
    mend_en="compare characters 3 to 8 with the licence",
    good={"payee": "11340000002986053U"},
    bad={"payee": "91999999MA2MQ1232U"},
    broken=_broken,
    expected=_expected,
)
