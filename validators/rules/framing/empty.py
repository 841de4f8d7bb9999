"""A record has a value. An empty one, or a tombstone, reports nothing and deletes nothing."""

from __future__ import annotations

from validators.rule import ALL_KINDS, Layer, Rule, Severity

#: A nil report as a Kafka record carries it; the hexadecimal digits of its bytes.
GOOD = {"kind": "nil", "hex": "00000000060c33343031303402c0b399ebbe6800020e323032362d313006e697a000"}


RULE = Rule(
    code="FR-EMPTY-01",
    kinds=ALL_KINDS,
    layer=Layer.FRAMING,
    severity=Severity.ERROR,
    field="value",
    norm="数据契约：报送以 Kafka 记录的值为准",
    zh="记录为空",
    en="the record is empty",
    mend_zh="取消事项请报送状态为取消或追回的更正，不要发送空记录",
    mend_en="to withdraw something report a correction that says so; do not send empty records",
    good=GOOD,
    bad={"kind": "nil", "hex": ""},
    decided_by="schemas.decode",
)
