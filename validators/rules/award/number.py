"""The award has a number: it is the key of everything told about it later."""

from __future__ import annotations

from validators.rule import Layer, Rule, Severity

RULE = Rule(
    code="AW-NUMBER-01",
    kinds=("award",),
    layer=Layer.EXPECTATION,
    severity=Severity.ERROR,
    field="award_number",
    norm="数据契约 award/1",
    zh="奖补编号为空",
    en="the award has no number",
    mend_zh="填报本单位唯一且不变的奖补编号",
    mend_en="give a number that is unique with you and never changes",
    good={"award_number": "1"},
    bad={"award_number": "\u3000 "},
    expectation={
        "type": "expect_column_values_to_match_regex",
        "kwargs": {"column": "award_number", "regex": "[^ \t\r\n\u00a0\u3000]"},
    },
)
