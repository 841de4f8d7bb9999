"""A record is not larger than the hub reads (HUILIU_RECORD_BYTES, one MiB unless set otherwise)."""

from __future__ import annotations

from validators.rule import ALL_KINDS, Layer, Rule, Severity
from validators.rules.framing.empty import GOOD

RULE = Rule(
    code="FR-SIZE-01",
    kinds=ALL_KINDS,
    layer=Layer.FRAMING,
    severity=Severity.ERROR,
    field="value",
    norm="运行设置 HUILIU_RECORD_BYTES",
    zh="记录 {value} 字节，超出允许的大小 {expected}",
    en="the record has {value} bytes; allowed are {expected}",
    mend_zh="附件按哈希报送，不要把文件写入记录",
    mend_en="give attachments by hash; do not put files into a record",
    good=GOOD,
    bad={**GOOD, "record_bytes": 16},
    decided_by="schemas.decode",
)
