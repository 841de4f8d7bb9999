"""The fiscal year is a plausible one."""

from __future__ import annotations

from validators.rule import Layer, Rule, Severity

RULE = Rule(
    code="AW-YEAR-01",
    kinds=("award",),
    layer=Layer.EXPECTATION,
    severity=Severity.ERROR,
    field="fiscal_year",
    norm="数据契约 award/1",
    zh="预算年度 {value} 不合常理（{expected}）",
    en="fiscal year {value} is not plausible ({expected})",
    mend_zh="填报四位年份",
    mend_en="give a year of four digits",
    good={"fiscal_year": 2000},
    bad={"fiscal_year": 25},
    expectation={
        "type": "expect_column_values_to_be_between",
        "kwargs": {"column": "fiscal_year", "min_value": 2000, "max_value": 2100},
    },
    expected="2000 至 2100",
)
