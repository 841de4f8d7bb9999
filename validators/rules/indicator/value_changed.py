"""A correction by more than half of the former value asks for an explanation."""

from __future__ import annotations

from typing import Final

import polars as pl

from validators.history import superseding, was
from validators.rule import Layer, Rule, Severity

#: Per cent of the former value.
CHANGE: Final = 50.0


def _change() -> pl.Expr:
    return pl.when(was("value") != 0).then((pl.col("value") - was("value")) / was("value").abs() * 100)


def _broken() -> pl.Expr:
    return superseding() & _change().is_finite() & (_change().abs() > CHANGE)


def _expected() -> pl.Expr:
    return was("value")


def _difference() -> pl.Expr:
    return _change().round(1)


RULE = Rule(
    code="IN-HISTORY-02",
    kinds=("indicator",),
    layer=Layer.HISTORY,
    severity=Severity.WARNING,
    field="value",
    norm="以数字化转型推动制造业高端化智能化绿色化发展实施方案（安徽，2023）：月度监测、季度通报、年度考核",
    zh="更正使数值由 {expected} 变为 {value}，变动 {difference}%",
    en="a correction changes the value from {expected} to {value}, by {difference} %",
    mend_zh="在来源编号中注明更正依据",
    mend_en="give the reason for the correction in source_ref",
    good={"previous__revision": 1, "revision": 2, "previous__value": 40.0},
    bad={"previous__revision": 1, "revision": 2, "previous__value": 20.0},
    broken=_broken,
    needs=("previous__revision", "previous__value"),
    expected=_expected,
    difference=_difference,
)
