"""Nobody can say that there is nothing to report for a period that has not begun."""

from __future__ import annotations

import polars as pl

from validators.finding import shown_time
from validators.rule import Layer, Rule, Severity
from validators.spans import starts_ms

RULE = Rule(
    code="NL-PERIOD-03",
    kinds=("nil",),
    layer=Layer.EXPECTATION,
    severity=Severity.ERROR,
    field="period",
    norm="数据契约 nil/1：零报告在统计期内或期后报送",
    zh="统计期“{value}”在报送时（{expected}）尚未开始",
    en="the period “{value}” had not begun at the time of reporting ({expected})",
    mend_zh="统计期结束后再报零报告",
    mend_en="report nil after the period has ended",
    good={"period": "2026-11"},
    bad={"period": "2026-12"},
    broken=lambda: starts_ms("period") > pl.col("reported_at"),
    expected=lambda: shown_time(pl.col("reported_at")),
)
