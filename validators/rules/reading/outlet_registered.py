"""The monitor is registered: only its registration tells outlet, enterprise, division and limits.

A reading that breaks no other rule waits: it is judged anew when the registration arrives (docs/decisions/0017).
"""

from __future__ import annotations

import polars as pl

from validators.rule import Layer, Rule, Severity

RULE = Rule(
    code="RD-OUTLET-01",
    kinds=("reading",),
    layer=Layer.REFERENCE,
    severity=Severity.ERROR,
    field="mn",
    norm="《排污许可管理条例》第二十条；数据契约：先登记后报数",
    zh="设备 MN“{value}”未登记",
    en="the monitor MN “{value}” is not registered",
    mend_zh="报送排放口登记（registration）即可：本条在隔离区等待，登记入库后自动重新判定，不必重报",
    mend_en="report the outlet's registration; this waits in quarantine and is judged anew when it is loaded",
    good={"outlet__division": "340104"},
    bad={"outlet__division": None},
    broken=lambda: pl.col("outlet__division").is_null(),
    needs=("outlet__division",),
)
