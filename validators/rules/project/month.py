"""The month reported is written YYYY-MM."""

from __future__ import annotations

import polars as pl

from validators.rule import Layer, Rule, Severity


def _suggest() -> pl.Expr:
    narrow = pl.col("month").str.normalize("NFKC").str.replace_all(r"[年月\s]", "-").str.strip_chars("-")
    padded = narrow.str.replace("^([0-9]{4})[-/.]([0-9])$", "${1}-0${2}")
    likely = padded.str.replace("^([0-9]{4})[-/.]?([0-9]{2})$", "${1}-${2}")
    return pl.when(likely.str.contains("^(19|20)[0-9]{2}-(0[1-9]|1[0-2])$")).then(likely)


RULE = Rule(
    code="PJ-MONTH-01",
    kinds=("project",),
    layer=Layer.EXPECTATION,
    severity=Severity.ERROR,
    field="month",
    norm="数据契约 project/1",
    zh="所报月份“{value}”格式不正确（{expected}）",
    en="month “{value}” is malformed ({expected})",
    mend_zh="写作四位年、连字符、两位月",
    mend_en="write year, hyphen, two digits of the month",
    good={"month": "2026-01"},
    bad={"month": "2026-13"},
    expectation={
        "type": "expect_column_values_to_match_regex",
        "kwargs": {"column": "month", "regex": "^(19|20)[0-9]{2}-(0[1-9]|1[0-2])$"},
    },
    expected="YYYY-MM，如 2026-10",
    suggest=_suggest,
)
