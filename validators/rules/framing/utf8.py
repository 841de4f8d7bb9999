"""Texts are UTF-8. GBK bytes are the usual fault."""

from __future__ import annotations

from validators.rule import ALL_KINDS, Layer, Rule, Severity
from validators.rules.framing.empty import GOOD

RULE = Rule(
    code="AV-UTF8-01",
    kinds=ALL_KINDS,
    layer=Layer.AVRO,
    severity=Severity.ERROR,
    field="value",
    norm="Apache Avro 1.12 规范；数据契约：字符串为 UTF-8",
    zh="“{field}”不是有效的 UTF-8 文本：{value}",
    en="“{field}” is not UTF-8: {value}",
    mend_zh="按 UTF-8 编码文本，不要使用 GBK",
    mend_en="encode texts as UTF-8, not as GBK",
    good=GOOD,
    bad={**GOOD, "hex": str(GOOD["hex"]).replace("e697a0", "cedeff")},
    decided_by="schemas.decode",
)
