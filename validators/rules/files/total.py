"""A row is an event, not a sum over other rows."""

from __future__ import annotations

from validators.rule import ALL_KINDS, Layer, Rule, Severity

RULE = Rule(
    code="FL-TOTAL-01",
    kinds=ALL_KINDS,
    layer=Layer.FRAMING,
    severity=Severity.ERROR,
    field="value",
    norm="数据契约",
    zh="该行首格为 {value}，是合计行，不是事项",
    en="this row begins with {value}: it sums up other rows and is no event",
    mend_zh="删去合计行",
    mend_en="delete the row of totals",
    good={"kind": "nil", "heading": "零报告原因", "cell": "本月无奖补"},
    bad={"kind": "nil", "heading": "零报告原因", "cell": "合计"},
    decided_by="gateways.files",
)
