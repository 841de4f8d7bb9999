"""A figure for a period that is not over is preliminary."""

from __future__ import annotations

import polars as pl

from validators.indicator_columns import is_target
from validators.months import last_month, reported_month
from validators.rule import Layer, Rule, Severity


def _broken() -> pl.Expr:
    return ~is_target() & (last_month(pl.col("period")) >= reported_month())


def _expected() -> pl.Expr:
    return reported_month()


RULE = Rule(
    code="IN-PERIOD-05",
    kinds=("indicator",),
    layer=Layer.EXPECTATION,
    severity=Severity.INFO,
    field="period",
    norm="以数字化转型推动制造业高端化智能化绿色化发展实施方案（安徽，2023）：月度监测、季度通报、年度考核",
    zh="统计期 {value} 在报送当月 {expected} 尚未结束，按快报数处理",
    en="period {value} was not over in {expected}, the month of reporting: taken as preliminary",
    mend_zh="期末后以更高修订号报送终数",
    mend_en="report the final figure with a higher revision when the period is over",
    good={"period": "2026-10"},
    bad={"period": "2026-11"},
    broken=_broken,
    expected=_expected,
)
