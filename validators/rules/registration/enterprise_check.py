"""The check character of the credit code is right: (31 - sum of values by weights 3^i) mod 31."""

from __future__ import annotations

import polars as pl

from validators.credit_codes import repaired, wrong_check
from validators.rule import Layer, Rule, Severity

RULE = Rule(
    code="RG-ENTERPRISE-02",
    kinds=("registration",),
    layer=Layer.EXPECTATION,
    severity=Severity.ERROR,
    field="enterprise",
    norm="GB 32100-2015 校验码；GB/T 17710",
    zh="统一社会信用代码“{value}”校验码错误",
    en="the check character of the credit code “{value}” is wrong",
    mend_zh="对照营业执照核对，常见为错录一位",
    mend_en="compare with the business licence; mostly one character is mistyped",
    good={"enterprise": "91340100MA2MQ1232Q"},
    bad={"enterprise": "91340100MA2MQ1233Q"},
    broken=lambda: wrong_check(pl.col("enterprise")),
    suggest=lambda: repaired(pl.col("enterprise")),
)
