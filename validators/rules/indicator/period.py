"""The period is a year, a quarter or a month."""

from __future__ import annotations

import polars as pl

from validators.rule import Layer, Rule, Severity


def _suggest() -> pl.Expr:
    narrow = (
        pl.col("period").str.normalize("NFKC").str.to_uppercase().str.replace_all("[ 年月]", "-").str.strip_chars("-")
    )
    quarter = narrow.str.replace("^([0-9]{4})-?(?:Q|第)?-?([1-4])(?:季度?)?$", "${1}Q${2}")
    month = quarter.str.replace("^([0-9]{4})[-/]?([0-9]{2})$", "${1}-${2}")
    return pl.when(month.str.contains("^(19|20)[0-9]{2}(Q[1-4]|-(0[1-9]|1[0-2]))$")).then(month)


RULE = Rule(
    code="IN-PERIOD-01",
    kinds=("indicator",),
    layer=Layer.EXPECTATION,
    severity=Severity.ERROR,
    field="period",
    norm="数据契约 indicator/1",
    zh="统计期“{value}”格式不正确（{expected}）",
    en="period “{value}” is malformed ({expected})",
    mend_zh="年 2026、季 2026Q3、月 2026-10",
    mend_en="year 2026, quarter 2026Q3, month 2026-10",
    good={"indicator": "key-platforms-added", "unit": "家", "value": 3.0, "period": "2026Q3"},
    bad={"period": "2026-Q3"},
    expectation={
        "type": "expect_column_values_to_match_regex",
        "kwargs": {"column": "period", "regex": "^(19|20)[0-9]{2}(Q[1-4]|-(0[1-9]|1[0-2]))?$"},
    },
    expected="YYYY、YYYYQn 或 YYYY-MM",
    suggest=_suggest,
)
