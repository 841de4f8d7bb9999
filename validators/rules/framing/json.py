"""An event written as JSON fits its contract: every field known, of its type, none missing."""

from __future__ import annotations

from validators.rule import ALL_KINDS, Layer, Rule, Severity

_EVENT = {
    "division": "340104",
    "revision": 1,
    "reported_at": "2026-11-20T10:05:00+08:00",
    "obligation": "AWARD",
    "period": "2026-10",
    "reason": "无",
}

RULE = Rule(
    code="AV-JSON-01",
    kinds=ALL_KINDS,
    layer=Layer.AVRO,
    severity=Severity.ERROR,
    field="value",
    norm="RFC 8259；RFC 3339；数据契约",
    zh="“{field}”的值 {value} 不符合契约，应为 {expected}",
    en="“{field}” is {value}, which the contract does not allow; expected {expected}",
    mend_zh="按契约改正该字段：时间用带时区的 ISO 8601，金额用整数分，未知字段删去",
    mend_en="correct the field by the contract: times in ISO 8601 with zone, money in integer fen, no unknown fields",
    good={"kind": "nil", "json": _EVENT},
    bad={"kind": "nil", "json": {**_EVENT, "revision": "1"}},
    decided_by="schemas.event_json",
)
