"""The check character of the payee's credit code is right (weights 3^i modulo 31)."""

from __future__ import annotations

import polars as pl

from validators.credit_codes import repaired, wrong_check
from validators.rule import Layer, Rule, Severity


def _broken() -> pl.Expr:
    return wrong_check(pl.col("payee"))


def _suggest() -> pl.Expr:
    return repaired(pl.col("payee"))


RULE = Rule(
    code="AW-PAYEE-02",
    kinds=("award",),
    layer=Layer.EXPECTATION,
    severity=Severity.ERROR,
    field="payee",
    norm="GB 32100-2015：校验码",
    zh="受益单位统一社会信用代码“{value}”校验码不正确",
    en="the check character of the payee's credit code “{value}” is wrong",
    mend_zh="与证照逐位核对，常见为抄错一位或相邻两位颠倒",
    mend_en="compare with the licence, character by character: usually one is mistyped or two are swapped",
    good={"payee": "91330100799655058B"},
    bad={"payee": "91330100799655085B"},
    broken=_broken,
    suggest=_suggest,
)
