"""Nil for a period still running is a forecast: taken, and flagged."""

from __future__ import annotations

import polars as pl

from validators.finding import shown_time
from validators.rule import Layer, Rule, Severity
from validators.spans import ends_ms, starts_ms


def broken() -> pl.Expr:
    """Begun, and not over."""
    now = pl.col("reported_at")
    return (starts_ms("period") <= now) & (ends_ms("period") > now)


RULE = Rule(
    code="NL-PERIOD-04",
    kinds=("nil",),
    layer=Layer.EXPECTATION,
    severity=Severity.WARNING,
    field="period",
    norm="数据契约 nil/1：零报告在统计期结束后报送",
    zh="统计期“{value}”在报送时（{expected}）尚未结束",
    en="the period “{value}” was not over at the time of reporting ({expected})",
    mend_zh="期内又发生事项的，正常报送即可；零报告随之失效",
    mend_en="if something happens before its end, report it as usual; the nil report then lapses",
    good={"period": "2026-10"},
    bad={"period": "2026-11"},
    broken=broken,
    expected=lambda: shown_time(pl.col("reported_at")),
)
