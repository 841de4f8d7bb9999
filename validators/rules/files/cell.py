"""A cell of a table can be read as its field, without guessing."""

from __future__ import annotations

from validators.rule import ALL_KINDS, Layer, Rule, Severity

RULE = Rule(
    code="FL-CELL-01",
    kinds=ALL_KINDS,
    layer=Layer.FRAMING,
    severity=Severity.ERROR,
    field="value",
    norm="RFC 4180；GB/T 7408.1；数据契约",
    zh="“{field}”的单元格 {value} 无法识别，应为 {expected}",
    en="the cell of “{field}” is {value}, which cannot be read; expected {expected}",
    mend_zh="按所示格式改正单元格；日期用 2026-01-05，金额列标题注明单位（元、万元），代码取自模板的下拉列表",
    mend_en="correct the cell: dates as 2026-01-05, the unit of money in its heading, codes from the template's lists",
    good={"kind": "nil", "heading": "修订号", "cell": "1"},
    bad={"kind": "nil", "heading": "修订号", "cell": "一"},
    decided_by="gateways.files",
)
