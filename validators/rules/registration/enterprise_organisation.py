"""The organisation code inside the credit code has its own check (GB 11714). Some codes in use break it: a warning."""

from __future__ import annotations

import polars as pl

from validators.credit_codes import wrong_check, wrong_organisation
from validators.rule import Layer, Rule, Severity

RULE = Rule(
    code="RG-ENTERPRISE-03",
    kinds=("registration",),
    layer=Layer.EXPECTATION,
    severity=Severity.WARNING,
    field="enterprise",
    norm="GB 11714-1997《全国组织机构代码编制规则》",
    zh="统一社会信用代码“{value}”中的组织机构代码校验码错误",
    en="the organisation code inside the credit code “{value}” has a wrong check",
    mend_zh="对照营业执照核对",
    mend_en="compare with the business licence",
    good={"enterprise": "91340100MA2MQ1232Q"},
    bad={"enterprise": "91340100MA2MQ1233U"},
    broken=lambda: wrong_organisation(pl.col("enterprise")) & ~wrong_check(pl.col("enterprise")),
)
