"""The policy was in force in the fiscal year; what is paid a year after by its own words has a year more."""

from __future__ import annotations

import polars as pl

from validators.policy_columns import term
from validators.rule import Layer, Rule, Severity


def _broken() -> pl.Expr:
    return (pl.col("fiscal_year") < term("first_year")) | (pl.col("fiscal_year") > term("last_year"))


def _expected() -> pl.Expr:
    return pl.concat_str(term("first_year"), pl.lit("–"), term("last_year").cast(pl.String).fill_null(""))


RULE = Rule(
    code="AW-POLICY-03",
    kinds=("award",),
    layer=Layer.EXPECTATION,
    severity=Severity.WARNING,
    field="fiscal_year",
    norm="政策文本的实施日期与有效期",
    zh="预算年度 {value} 不在政策有效年度内（{expected}）",
    en="fiscal year {value} is outside the policy's validity ({expected})",
    mend_zh="核对政策与预算年度；跨年兑现的按申报年度填报",
    mend_en="check policy and year; for what is paid late give the year of the claim",
    good={"fiscal_year": 2023},
    bad={"fiscal_year": 2026},
    broken=_broken,
    expected=_expected,
)
