"""What a record cites (header ``huiliu.corrects``) is a rejected record of the same publisher.

The record itself is judged as any other; only the citation has no effect. Decided when the batch is committed.
"""

from __future__ import annotations

from validators.rule import ALL_KINDS, Layer, Rule, Severity

RULE = Rule(
    code="HL-CITE-01",
    kinds=ALL_KINDS,
    layer=Layer.REFERENCE,
    severity=Severity.INFO,
    field="value",
    norm="更正须引用本单位被隔离记录的坐标（docs/guide/corrections.md）",
    zh="引用的“{value}”不是本单位被隔离的记录，引用无效",
    en="what it cites, “{value}”, is no rejected record of this publisher: the citation has no effect",
    mend_zh="消息头 huiliu.corrects 应为 {expected}，见 quarantine 主题或 huiliu quarantine list",
    mend_en="the header huiliu.corrects holds {expected}, as in the quarantine topic or huiliu quarantine list",
    good={"revision": 1},
    bad={"revision": 2},
    decided_by="streams.closing",
)
