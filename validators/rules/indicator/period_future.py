"""No figure is reported for a period that has not begun; targets are."""

from __future__ import annotations

import polars as pl

from validators.indicator_columns import is_target
from validators.months import first_month, reported_month
from validators.rule import Layer, Rule, Severity


def _broken() -> pl.Expr:
    return ~is_target() & (first_month(pl.col("period")) > reported_month())


def _expected() -> pl.Expr:
    return reported_month()


RULE = Rule(
    code="IN-PERIOD-04",
    kinds=("indicator",),
    layer=Layer.EXPECTATION,
    severity=Severity.ERROR,
    field="period",
    norm="以数字化转型推动制造业高端化智能化绿色化发展实施方案（安徽，2023）：月度监测、季度通报、年度考核",
    zh="统计期 {value} 晚于报送当月 {expected}",
    en="period {value} begins after {expected}, the month of reporting",
    mend_zh="核对统计期与报送时间",
    mend_en="check the period and the time of reporting",
    good={"period": "2026-11"},
    bad={"period": "2026-12"},
    broken=_broken,
    expected=_expected,
)
