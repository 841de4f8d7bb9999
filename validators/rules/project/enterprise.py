"""The enterprise's credit code has its eighteen characters, in the alphabet without I, O, S, V, Z."""

from __future__ import annotations

import polars as pl

from validators.credit_codes import SHAPE, repaired
from validators.rule import Layer, Rule, Severity


def _suggest() -> pl.Expr:
    return repaired(pl.col("enterprise"))


RULE = Rule(
    code="PJ-ENTERPRISE-01",
    kinds=("project",),
    layer=Layer.EXPECTATION,
    severity=Severity.ERROR,
    field="enterprise",
    norm="GB 32100-2015：代码的构成",
    zh="建设单位统一社会信用代码“{value}”格式不正确（{expected}）",
    en="the enterprise's credit code “{value}” is malformed ({expected})",
    mend_zh="按营业执照填报 18 位代码，半角大写，不含空格和连字符",
    mend_en="give the 18 characters of the business licence, half-width, upper case, no blanks or hyphens",
    good={"enterprise": "911000001000013428"},
    bad={"enterprise": "９1340100MA2MQ1232Q"},
    expectation={"type": "expect_column_values_to_match_regex", "kwargs": {"column": "enterprise", "regex": SHAPE}},
    expected="18 位数字或大写字母，不用 I、O、S、V、Z",
    suggest=_suggest,
)
