"""A record begins with 0x00, as every Confluent-compatible serializer writes it."""

from __future__ import annotations

from validators.rule import ALL_KINDS, Layer, Rule, Severity
from validators.rules.framing.empty import GOOD

RULE = Rule(
    code="FR-MAGIC-01",
    kinds=ALL_KINDS,
    layer=Layer.FRAMING,
    severity=Severity.ERROR,
    field="value",
    norm="Confluent 线上格式：0x00、四字节模式编号、Avro 数据",
    zh="记录不以 0x00 开头（{value}），不是约定的线上格式",
    en="the record does not begin with 0x00 ({value}): not the wire format agreed on",
    mend_zh="使用兼容 Confluent 的 Avro 序列化器，不要直接发送 JSON 或裸 Avro",
    mend_en="use a Confluent-compatible Avro serializer; send neither JSON nor bare Avro",
    good=GOOD,
    bad={"kind": "nil", "hex": "7b7d"},
    decided_by="schemas.decode",
)
