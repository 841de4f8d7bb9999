"""A start between 2000 and 2099, in milliseconds: what lies outside is another unit or another epoch."""

from __future__ import annotations

from validators.rule import Layer, Rule, Severity
from validators.rules.every.reported_at import FIRST_MS, LAST_MS, rescaled

RULE = Rule(
    code="RD-START-03",
    kinds=("reading",),
    layer=Layer.EXPECTATION,
    severity=Severity.ERROR,
    field="start",
    norm="数据契约：时间为 UTC 毫秒",
    zh="时段起始 {value} 不在 2000 年至 2099 年之间",
    en="the start {value} is not between 2000 and 2099",
    mend_zh="按 UTC 毫秒填写，核对是否误用秒或微秒",
    mend_en="give the start in UTC milliseconds; check that it is not in seconds or microseconds",
    good={"start": 1_795_136_400_000},
    bad={"start": 1_795_136_400},
    expectation={
        "type": "expect_column_values_to_be_between",
        "kwargs": {"column": "start", "min_value": FIRST_MS, "max_value": LAST_MS},
    },
    expected="2000-01-01 – 2099-12-31",
    suggest=lambda: rescaled("start"),
)
