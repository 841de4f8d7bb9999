"""The reason fits on a page: at most 2,000 characters."""

from __future__ import annotations

from validators.rule import Layer, Rule, Severity

RULE = Rule(
    code="NL-REASON-02",
    kinds=("nil",),
    layer=Layer.EXPECTATION,
    severity=Severity.ERROR,
    field="reason",
    norm="数据契约 nil/1",
    zh="零报告原因超过 {expected} 个字符",
    en="the reason is longer than {expected} characters",
    mend_zh="精简说明",
    mend_en="shorten it",
    good={"reason": "无" * 2000},
    bad={"reason": "无" * 2001},
    expectation={
        "type": "expect_column_value_lengths_to_be_between",
        "kwargs": {"column": "reason", "max_value": 2000},
    },
    expected="2000",
)
