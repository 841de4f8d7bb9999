"""The sum is for at least one, and not for more than a province has."""

from __future__ import annotations

from validators.amounts import LARGEST_COUNT
from validators.rule import Layer, Rule, Severity

RULE = Rule(
    code="AW-COUNT-01",
    kinds=("award",),
    layer=Layer.EXPECTATION,
    severity=Severity.ERROR,
    field="payee_count",
    norm="数据契约 award/1",
    zh="受益单位（项目）数 {value} 不在允许范围（{expected}）",
    en="payee count {value} is out of range ({expected})",
    mend_zh="填报这笔资金对应的单位或项目个数，一家填 1",
    mend_en="give how many firms or projects the sum is for, 1 for one",
    good={"payee_count": 1},
    bad={"payee_count": 0},
    expectation={
        "type": "expect_column_values_to_be_between",
        "kwargs": {"column": "payee_count", "min_value": 1, "max_value": LARGEST_COUNT},
    },
    expected=f"1 至 {LARGEST_COUNT}",
)
