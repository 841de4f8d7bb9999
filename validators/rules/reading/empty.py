"""A reading says something: a value, or by its flag why there is none."""

from __future__ import annotations

import polars as pl

from validators.rule import Layer, Rule, Severity

_VALUES = ("average", "minimum", "maximum", "cumulative", "corrected")


def broken() -> pl.Expr:
    """Flagged normal and no value at all."""
    return pl.all_horizontal(pl.col(name).is_null() for name in _VALUES) & (pl.col("flag") == "N")


RULE = Rule(
    code="RD-EMPTY-01",
    kinds=("reading",),
    layer=Layer.EXPECTATION,
    severity=Severity.ERROR,
    field="average",
    norm="HJ 212-2017 附录 C",
    zh="数据标记为正常（N），但没有任何数值",
    en="flagged normal (N), but without any value",
    mend_zh="补报数值，或以数据标记说明无数据的原因",
    mend_en="report the values, or say by the data flag why there are none",
    good={"average": 1.0},
    bad=dict.fromkeys(_VALUES),
    broken=broken,
)
