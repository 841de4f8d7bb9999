"""The policy is one whose clauses the hub knows."""

from __future__ import annotations

from validators.policies import policies
from validators.rule import Layer, Rule, Severity

RULE = Rule(
    code="AW-POLICY-01",
    kinds=("award",),
    layer=Layer.EXPECTATION,
    severity=Severity.ERROR,
    field="policy",
    norm="政策条款库（validators/policies）",
    zh="政策代码“{value}”未收录（现有：{expected}）",
    en="policy “{value}” is not known (there are: {expected})",
    mend_zh="填报政策条款库中的代码；新政策请先报省财政厅收录",
    mend_en="use a code of the policy library; have a new policy added there first",
    good={"policy": "ah-2020-0493", "clause": "smart-factory", "amount": 100000000},
    bad={"policy": "ah-2023"},
    expectation={
        "type": "expect_column_values_to_be_in_set",
        "kwargs": {"column": "policy", "value_set": [*policies()]},
    },
    expected=", ".join(policies()),
)
