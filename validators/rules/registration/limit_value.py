"""A limit is not negative and at most a thousand million. Of the two limits of pH the upper one is registered."""

from __future__ import annotations

import polars as pl

from validators.rule import Layer, Rule, Severity

_LARGEST = 1e9


def _wrong() -> pl.Expr:
    value = pl.element().struct.field("value")
    return (value < 0) | (value > _LARGEST)


def _first() -> pl.Expr:
    return pl.element().struct.field("value").filter(_wrong())


RULE = Rule(
    code="RG-LIMIT-01",
    kinds=("registration",),
    layer=Layer.EXPECTATION,
    severity=Severity.ERROR,
    field="limits",
    norm="排污许可证；GB 13223-2011、GB 18918-2002 等排放标准",
    zh="排放限值 {value} 超出允许范围 {expected}",
    en="the limit {value} is outside {expected}",
    mend_zh="按排污许可证填写限值与单位",
    mend_en="give limit and unit as in the permit",
    good={"limits": []},
    bad={"limits": [{"pollutant": "a21026", "value": -35.0, "unit": "mg/m3", "norm": None, "valid_from": 19723}]},
    broken=lambda: pl.col("limits").list.eval(_wrong()).list.any(),
    shown=lambda: pl.col("limits").list.eval(_first()).list.first(),
    expected="0 – 1e9",
)
