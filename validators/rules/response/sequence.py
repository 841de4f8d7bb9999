"""Answers within a case count from 1."""

from __future__ import annotations

from validators.rule import Layer, Rule, Severity

RULE = Rule(
    code="RS-SEQUENCE-01",
    kinds=("response",),
    layer=Layer.EXPECTATION,
    severity=Severity.ERROR,
    field="sequence",
    norm="数据契约 response/1：序号自 1 起",
    zh="序号 {value} 不在 {expected} 之内",
    en="the sequence {value} is not within {expected}",
    mend_zh="同一督办事项的反馈从 1 起依次编号",
    mend_en="number the answers of one case from 1 on",
    good={"sequence": 1},
    bad={"sequence": 0},
    expectation={
        "type": "expect_column_values_to_be_between",
        "kwargs": {"column": "sequence", "min_value": 1, "max_value": 10_000},
    },
    expected="1 – 10000",
)
