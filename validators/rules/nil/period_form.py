"""A period is a year, a quarter, a month or a day: 2026, 2026Q3, 2026-10, 2026-10-31."""

from __future__ import annotations

from typing import Final

from validators.rule import Layer, Rule, Severity

FORM: Final = "^[0-9]{4}(Q[1-4]|-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?$"

RULE = Rule(
    code="NL-PERIOD-01",
    kinds=("nil",),
    layer=Layer.EXPECTATION,
    severity=Severity.ERROR,
    field="period",
    norm="数据契约 nil/1；GB/T 7408-2005（日期表示）",
    zh="统计期“{value}”不是规定的写法",
    en="the period “{value}” is not written as agreed",
    mend_zh="年写 2026，季写 2026Q3，月写 2026-10，日写 2026-10-31",
    mend_en="write a year 2026, a quarter 2026Q3, a month 2026-10, a day 2026-10-31",
    good={"period": "2026Q3"},
    bad={"period": "2026年10月"},
    expectation={"type": "expect_column_values_to_match_regex", "kwargs": {"column": "period", "regex": FORM}},
    expected="2026, 2026Q3, 2026-10, 2026-10-31",
)
