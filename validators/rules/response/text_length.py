"""The text of an answer: at most 10,000 characters. Longer matter belongs into the evidence."""

from __future__ import annotations

from validators.rule import Layer, Rule, Severity

RULE = Rule(
    code="RS-TEXT-02",
    kinds=("response",),
    layer=Layer.EXPECTATION,
    severity=Severity.ERROR,
    field="text",
    norm="数据契约 response/1",
    zh="反馈内容超过 {expected} 个字符",
    en="the text is longer than {expected} characters",
    mend_zh="精简内容，详情以佐证材料报送",
    mend_en="shorten it; give details as evidence",
    good={"text": "已整改"},
    bad={"text": "改" * 10_001},
    expectation={
        "type": "expect_column_value_lengths_to_be_between",
        "kwargs": {"column": "text", "max_value": 10_000},
    },
    expected="10000",
)
