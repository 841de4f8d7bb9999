"""The payee's credit code has its eighteen characters, in the alphabet without I, O, S, V, Z."""

from __future__ import annotations

import polars as pl

from validators.credit_codes import SHAPE, repaired
from validators.rule import Layer, Rule, Severity


def _suggest() -> pl.Expr:
    return repaired(pl.col("payee"))


RULE = Rule(
    code="AW-PAYEE-01",
    kinds=("award",),
    layer=Layer.EXPECTATION,
    severity=Severity.ERROR,
    field="payee",
    norm="GB 32100-2015：代码的构成",
    zh="受益单位统一社会信用代码“{value}”格式不正确（{expected}）",
    en="the payee's credit code “{value}” is malformed ({expected})",
    mend_zh="按证照填报 18 位代码，半角大写，不含空格和连字符",
    mend_en="give the 18 characters of the licence, half-width, upper case, no blanks or hyphens",
    good={"payee": None, "payee_count": 3},
    bad={"payee": "91340100ma2mq1232q"},
    expectation={"type": "expect_column_values_to_match_regex", "kwargs": {"column": "payee", "regex": SHAPE}},
    expected="18 位数字或大写字母，不用 I、O、S、V、Z",
    suggest=_suggest,
)
