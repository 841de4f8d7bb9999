"""A period coarser than the indicator is collected may be right, but does not stand in for the finer ones."""

from __future__ import annotations

import polars as pl

from validators.indicator_columns import coarseness, term
from validators.months import period_form
from validators.rule import Layer, Rule, Severity


def _broken() -> pl.Expr:
    return coarseness(period_form(pl.col("period"))) > coarseness(term("cadence"))


def _expected() -> pl.Expr:
    return term("cadence")


RULE = Rule(
    code="IN-PERIOD-03",
    kinds=("indicator",),
    layer=Layer.EXPECTATION,
    severity=Severity.WARNING,
    field="period",
    norm=(
        "指标代码表（schemas/codes/indicator.json）；"
        "以数字化转型推动制造业高端化智能化绿色化发展实施方案（安徽，2023）：月度监测、季度通报、年度考核"
    ),
    zh="统计期“{value}”比该指标的采集频度（{expected}）更粗",
    en="period “{value}” is coarser than the indicator is collected ({expected})",
    mend_zh="另按规定频度补报",
    mend_en="report at the cadence of the code list as well",
    good={"period": "2026-10"},
    bad={"period": "2026Q3"},
    broken=_broken,
    expected=_expected,
)
