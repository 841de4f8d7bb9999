"""A single day is owed only for readings: projects, awards and indicators are reported by month, quarter or year."""

from __future__ import annotations

import polars as pl

from validators.rule import Layer, Rule, Severity


def broken() -> pl.Expr:
    """A day, for what is owed by the month."""
    return (pl.col("obligation") != "READING") & (pl.col("period").str.len_bytes() == 10)


RULE = Rule(
    code="NL-PERIOD-05",
    kinds=("nil",),
    layer=Layer.EXPECTATION,
    severity=Severity.WARNING,
    field="period",
    norm="数据契约（各类事项的报送周期）",
    zh="{expected} 类事项不按日报送，统计期“{value}”不对应任何报送责任",
    en="{expected} is not owed by the day: the period “{value}” answers no obligation",
    mend_zh="按报送周期填写统计期，如 2026-10",
    mend_en="give the period in which it is owed, such as 2026-10",
    good={"obligation": "READING", "period": "2026-11-19"},
    bad={"obligation": "AWARD", "period": "2026-11-19"},
    broken=broken,
    expected=lambda: pl.col("obligation"),
)
