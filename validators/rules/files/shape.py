"""A row has no more cells than there are headings, and its quotation marks are closed."""

from __future__ import annotations

from validators.rule import ALL_KINDS, Layer, Rule, Severity

RULE = Rule(
    code="FL-ROW-01",
    kinds=ALL_KINDS,
    layer=Layer.FRAMING,
    severity=Severity.ERROR,
    field="value",
    norm="RFC 4180 2.4–2.7",
    zh="该行无法按标题行对应（列数：内容）：{value}，应为 {expected}",
    en="this row does not fit the headings (cells: text): {value}; expected {expected}",
    mend_zh="检查该行的分隔符与引号：含逗号或换行的内容须用双引号括起",
    mend_en="look at delimiters and quotes: text with a comma or line end needs double quotes",
    good={"kind": "nil", "cells": 2},
    bad={"kind": "nil", "cells": 20},
    decided_by="gateways.files",
)
