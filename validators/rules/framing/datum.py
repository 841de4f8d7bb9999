"""The bytes after the schema id are one Avro datum of that schema, no more and no less.

Truncated, glued, mutated datums and enum values out of range are all refused: any of them read on would shift what
follows.
"""

from __future__ import annotations

from validators.rule import ALL_KINDS, Layer, Rule, Severity
from validators.rules.framing.empty import GOOD

RULE = Rule(
    code="AV-DATUM-01",
    kinds=ALL_KINDS,
    layer=Layer.AVRO,
    severity=Severity.ERROR,
    field="value",
    norm="Apache Avro 1.12 规范；数据契约",
    zh="数据不是一条完整的 Avro 记录，应为 {expected}，实为 {value}",
    en="the data are not exactly one Avro datum: expected {expected}, found {value}",
    mend_zh="用模式编号所指的模式写入，不要截断、拼接",
    mend_en="write with the schema that the id names; do not truncate or join records",
    good=GOOD,
    bad={**GOOD, "hex": f"{GOOD['hex']}00"},
    decided_by="schemas.decode",
)
