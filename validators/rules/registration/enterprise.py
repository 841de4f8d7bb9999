"""The enterprise's unified social credit code: 18 characters of its alphabet, six digits of division inside."""

from __future__ import annotations

import polars as pl

from validators.credit_codes import SHAPE, repaired
from validators.rule import Layer, Rule, Severity

RULE = Rule(
    code="RG-ENTERPRISE-01",
    kinds=("registration",),
    layer=Layer.EXPECTATION,
    severity=Severity.ERROR,
    field="enterprise",
    norm="GB 32100-2015《法人和其他组织统一社会信用代码编码规则》",
    zh="统一社会信用代码“{value}”不符合编码规则",
    en="the unified social credit code “{value}” does not have the form of one",
    mend_zh="按营业执照填写 18 位统一社会信用代码",
    mend_en="give the 18 characters as on the business licence",
    good={"enterprise": "91340100MA2MQ1232Q"},
    bad={"enterprise": "9134010OMA2MQ1232Q"},
    expectation={
        "type": "expect_column_values_to_match_regex",
        "kwargs": {"column": "enterprise", "regex": SHAPE},
    },
    expected=SHAPE,
    suggest=lambda: repaired(pl.col("enterprise")),
)
