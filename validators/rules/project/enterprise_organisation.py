"""The organisation code inside the credit code has its own check right.

A warning only: codes with a wrong inner check were issued.
"""

from __future__ import annotations

import polars as pl

from validators.credit_codes import wrong_organisation
from validators.rule import Layer, Rule, Severity


def _broken() -> pl.Expr:
    return wrong_organisation(pl.col("enterprise"))


RULE = Rule(
    code="PJ-ENTERPRISE-03",
    kinds=("project",),
    layer=Layer.EXPECTATION,
    severity=Severity.WARNING,
    field="enterprise",
    norm="GB 11714-1997；GB 32100-2015",
    zh="建设单位统一社会信用代码“{value}”内嵌的组织机构代码校验码不正确",
    en="the organisation code inside credit code “{value}” has a wrong check character",
    mend_zh="与营业执照核对第 9 至 17 位",
    mend_en="compare characters 9 to 17 with the licence",
    good={"enterprise": "913402001490846601"},
    bad={"enterprise": "91340100MA2MQ1231M"},
    broken=_broken,
)
