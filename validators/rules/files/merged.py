"""No cell of a row is merged with another."""

from __future__ import annotations

from validators.rule import ALL_KINDS, Layer, Rule, Severity

RULE = Rule(
    code="FL-MERGED-01",
    kinds=ALL_KINDS,
    layer=Layer.FRAMING,
    severity=Severity.ERROR,
    field="value",
    norm="数据契约",
    zh="该行含合并单元格 {value}，其余格没有值",
    en="this row has merged cells {value}: only the first of them has a value",
    mend_zh="取消合并，并在每一行填写自己的值",
    mend_en="unmerge the cells and give each row its own value",
    good={"merged": False},
    bad={"merged": True},
    decided_by="gateways.files",
)
