"""MN, the monitor's number: 1 to 64 printing characters without blanks. In the field it is anything from empty to 24.

Its form (24 hexadecimal digits since 2017) is looked at once, at registration (RG-MN-02), not with each reading.
"""

from __future__ import annotations

from validators.rule import Layer, Rule, Severity
from validators.tidy import mn

RULE = Rule(
    code="RD-MN-01",
    kinds=("reading",),
    layer=Layer.EXPECTATION,
    severity=Severity.ERROR,
    field="mn",
    norm="HJ 212-2017（MN 定义）",
    zh="设备唯一标识 MN“{value}”为空、超长或含有空格",
    en="the monitor number MN “{value}” is empty, too long or holds blanks",
    mend_zh="在数采仪上设置 MN，与登记一致",
    mend_en="set the MN on the data logger as it is registered",
    good={"mn": "88888880000001"},
    bad={"mn": ""},
    expectation={"type": "expect_column_values_to_match_regex", "kwargs": {"column": "mn", "regex": "^[!-~]{1,64}$"}},
    expected="^[!-~]{1,64}$",
    suggest=mn,
)
