"""Progress lies between nothing and all."""

from __future__ import annotations

from validators.rule import Layer, Rule, Severity

RULE = Rule(
    code="PJ-PROGRESS-01",
    kinds=("project",),
    layer=Layer.EXPECTATION,
    severity=Severity.ERROR,
    field="progress",
    norm="数据契约 project/1",
    zh="形象进度 {value} 不在 {expected} 之间",
    en="progress {value} is not within {expected}",
    mend_zh="以百分数填报，100 为完成",
    mend_en="give per cent, 100 for complete",
    good={"progress": 0.0},
    bad={"progress": 100.5},
    expectation={
        "type": "expect_column_values_to_be_between",
        "kwargs": {"column": "progress", "min_value": 0, "max_value": 100},
    },
    expected="0 至 100",
)
