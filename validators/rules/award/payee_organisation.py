"""The organisation code inside the payee's credit code has its own check right.

A warning only: codes with a wrong inner check were issued.
"""

from __future__ import annotations

import polars as pl

from validators.credit_codes import wrong_organisation
from validators.rule import Layer, Rule, Severity


def _broken() -> pl.Expr:
    return wrong_organisation(pl.col("payee"))


RULE = Rule(
    code="AW-PAYEE-03",
    kinds=("award",),
    layer=Layer.EXPECTATION,
    severity=Severity.WARNING,
    field="payee",
    norm="GB 11714-1997；GB 32100-2015",
    zh="受益单位统一社会信用代码“{value}”内嵌的组织机构代码校验码不正确",
    en="the organisation code inside credit code “{value}” has a wrong check character",
    mend_zh="与证照核对第 9 至 17 位",
    mend_en="compare characters 9 to 17 with the licence",
    good={"payee": "52340800500700011H"},
    bad={"payee": "91340100MA2MQ1231M"},
    broken=_broken,
)
