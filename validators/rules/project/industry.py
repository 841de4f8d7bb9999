"""The industry is a class of four digits."""

from __future__ import annotations

import polars as pl

from validators.rule import Layer, Rule, Severity


def _suggest() -> pl.Expr:
    digits = pl.col("industry").str.normalize("NFKC").str.replace_all("[^0-9]", "")
    return pl.when(digits.str.len_chars() == 4).then(digits)


RULE = Rule(
    code="PJ-INDUSTRY-01",
    kinds=("project",),
    layer=Layer.EXPECTATION,
    severity=Severity.ERROR,
    field="industry",
    norm="GB/T 4754-2017",
    zh="国民经济行业代码“{value}”应为四位数字小类",
    en="industry “{value}” must be a class of four digits",
    mend_zh="填报四位数字小类代码，不带门类字母；只到中类的补 0",
    mend_en="give the class of four digits without the section letter; add 0 where there are only three",
    good={"industry": "0610"},
    bad={"industry": "C385"},
    expectation={
        "type": "expect_column_values_to_match_regex",
        "kwargs": {"column": "industry", "regex": "^[0-9]{4}$"},
    },
    expected="四位数字，如 3851",
    suggest=_suggest,
)
