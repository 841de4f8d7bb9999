"""A correction to ten thousand or a hundred times the former value, or such a fraction, is a slip of units."""

from __future__ import annotations

from typing import Final

import polars as pl

from validators.history import superseding, was
from validators.rule import Layer, Rule, Severity

FACTORS: Final = (10_000.0, 100.0, 0.01, 0.0001)


def _factor() -> pl.Expr:
    """Which of the factors lies between the former value and this one; null if none does."""
    ratio = pl.col("value") / was("value")
    return pl.coalesce(*(pl.when((ratio / factor - 1).abs() < 1e-9).then(pl.lit(factor)) for factor in FACTORS))


def _broken() -> pl.Expr:
    return superseding() & (was("value") != 0) & _factor().is_not_null()


def _expected() -> pl.Expr:
    return was("value")


def _difference() -> pl.Expr:
    return _factor()


RULE = Rule(
    code="IN-HISTORY-01",
    kinds=("indicator",),
    layer=Layer.HISTORY,
    severity=Severity.WARNING,
    field="value",
    norm="指标代码表（schemas/codes/indicator.json）",
    zh="数值 {value} 恰为此前 {expected} 的 {difference} 倍，疑为单位混用",
    en="value {value} is {difference} times the former {expected}: units were probably mixed up",
    mend_zh="核对单位，以更高修订号更正",
    mend_en="check the unit and correct it with a higher revision",
    good={"previous__revision": 1, "revision": 2, "previous__value": 41.0},
    bad={"previous__revision": 1, "revision": 2, "previous__value": 0.415},
    broken=_broken,
    needs=("previous__revision", "previous__value"),
    expected=_expected,
    difference=_difference,
)
