"""The schema is one of the topic's kind: a reading does not come by the topic of awards."""

from __future__ import annotations

from validators.rule import ALL_KINDS, Layer, Rule, Severity
from validators.rules.framing.empty import GOOD

RULE = Rule(
    code="FR-KIND-01",
    kinds=ALL_KINDS,
    layer=Layer.FRAMING,
    severity=Severity.ERROR,
    field="value",
    norm="数据契约：一个主题只承载一类事项",
    zh="记录是 {value} 类，本主题只收 {expected} 类",
    en="the record is of kind {value}; this topic takes {expected}",
    mend_zh="发送到 intake.<行政区划>.<事项类别> 中对应类别的主题",
    mend_en="send it to the topic of its kind, intake.<division>.<kind>",
    good=GOOD,
    bad={**GOOD, "hex": str(GOOD["hex"]).replace("0000000006", "0000000004")},
    decided_by="schemas.decode",
)
