"""The schema id is one of the manifest's. Publishers register no schemas: a contract changes by review."""

from __future__ import annotations

from validators.rule import ALL_KINDS, Layer, Rule, Severity
from validators.rules.framing.empty import GOOD

RULE = Rule(
    code="FR-ID-01",
    kinds=ALL_KINDS,
    layer=Layer.FRAMING,
    severity=Severity.ERROR,
    field="value",
    norm="schemas/manifest.json；数据契约评审",
    zh="模式编号 {value} 未知，本类事项为 {expected}",
    en="the schema id {value} is unknown; for this kind it is {expected}",
    mend_zh="从省级平台的模式接口取得编号，关闭序列化器的自动注册",
    mend_en="take the id from the hub's schema registry API and switch the serializer's automatic registration off",
    good=GOOD,
    bad={**GOOD, "hex": str(GOOD["hex"]).replace("0000000006", "00000003e7")},
    decided_by="schemas.decode",
)
