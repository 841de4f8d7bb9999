"""A row is visible to whoever sends it."""

from __future__ import annotations

from validators.rule import ALL_KINDS, Layer, Rule, Severity

RULE = Rule(
    code="FL-HIDDEN-01",
    kinds=ALL_KINDS,
    layer=Layer.FRAMING,
    severity=Severity.ERROR,
    field="value",
    norm="数据契约",
    zh="该行被隐藏（或被筛选掉），未发送",
    en="this row is hidden, or filtered away; it was not sent",
    mend_zh="取消隐藏或筛选后再报送；不需要的行请删去",
    mend_en="show the row and send again; delete it if it is not meant",
    good={"hidden": False},
    bad={"hidden": True},
    decided_by="gateways.files",
)
