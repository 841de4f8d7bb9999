"""A record that the warehouse refuses though every rule was kept: found by splitting the batch until it stood alone.

It is a gap in our rules, so it says what the database said; the record waits in quarantine, the others are loaded.
"""

from __future__ import annotations

from validators.rule import ALL_KINDS, Layer, Rule, Severity

RULE = Rule(
    code="HL-REFUSED-01",
    kinds=ALL_KINDS,
    layer=Layer.HISTORY,
    severity=Severity.ERROR,
    field="value",
    norm="数据仓库完整性约束",
    zh="数据仓库拒绝了该记录：{expected}",
    en="the warehouse refused the record: {expected}",
    mend_zh="请将该问题连同坐标转给省级平台运维；规则补全后重新入列，无需重报",
    mend_en="pass this with its coordinates to the hub's operators; it is queued again when the rules are completed",
    good={"revision": 1},
    bad={"revision": 1},
    decided_by="streams.loading",
)
