"""MN, the monitor's number: 1 to 64 printing characters without blanks. It is the key of the registration."""

from __future__ import annotations

from validators.rule import Layer, Rule, Severity
from validators.tidy import mn

RULE = Rule(
    code="RG-MN-01",
    kinds=("registration",),
    layer=Layer.EXPECTATION,
    severity=Severity.ERROR,
    field="mn",
    norm="HJ 212-2017（MN 定义）",
    zh="设备唯一标识 MN“{value}”为空、超长或含有空格",
    en="the monitor number MN “{value}” is empty, too long or holds blanks",
    mend_zh="填写数采仪上设置的 MN",
    mend_en="give the MN as set on the data logger",
    good={"mn": "88888880000001"},
    bad={"mn": "8888888 0000001"},
    expectation={"type": "expect_column_values_to_match_regex", "kwargs": {"column": "mn", "regex": "^[!-~]{1,64}$"}},
    expected="^[!-~]{1,64}$",
    suggest=mn,
)
