"""No period is finer than the indicator is collected: a yearly figure is not one of a month."""

from __future__ import annotations

import polars as pl

from validators.indicator_columns import coarseness, term
from validators.months import period_form
from validators.rule import Layer, Rule, Severity


def _broken() -> pl.Expr:
    return coarseness(period_form(pl.col("period"))) < coarseness(term("cadence"))


def _expected() -> pl.Expr:
    return term("cadence")


RULE = Rule(
    code="IN-PERIOD-02",
    kinds=("indicator",),
    layer=Layer.EXPECTATION,
    severity=Severity.ERROR,
    field="period",
    norm=(
        "指标代码表（schemas/codes/indicator.json）；"
        "以数字化转型推动制造业高端化智能化绿色化发展实施方案（安徽，2023）：月度监测、季度通报、年度考核"
    ),
    zh="统计期“{value}”比该指标的采集频度（{expected}）更细",
    en="period “{value}” is finer than the indicator is collected ({expected})",
    mend_zh="按指标代码表规定的频度填报统计期",
    mend_en="give the period at the cadence of the code list",
    good={"indicator": "area-samples", "unit": "个", "value": 3.0, "period": "2026Q3"},
    bad={"indicator": "area-samples", "unit": "个", "value": 3.0, "period": "2026-09"},
    broken=_broken,
    expected=_expected,
)
