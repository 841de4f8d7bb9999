"""A nil report says why there is nothing: the reason is not blank."""

from __future__ import annotations

from typing import Final

from validators.rule import Layer, Rule, Severity

NOT_BLANK: Final = r"[^\x00-\x20\x7f　]"

RULE = Rule(
    code="NL-REASON-01",
    kinds=("nil",),
    layer=Layer.EXPECTATION,
    severity=Severity.ERROR,
    field="reason",
    norm="数据契约 nil/1：零报告须说明原因",
    zh="零报告未说明原因",
    en="the nil report gives no reason",
    mend_zh="写明本期无事项的原因",
    mend_en="say why there is nothing to report",
    good={"reason": "本月未发生奖补资金拨付"},
    bad={"reason": "　 "},
    expectation={"type": "expect_column_values_to_match_regex", "kwargs": {"column": "reason", "regex": NOT_BLANK}},
)
