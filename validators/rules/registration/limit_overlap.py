"""On any day at most one limit of a factor is in force: else nobody can say whether a reading exceeds it.

Sorted by factor and first day, ranges overlap somewhere if and only if two neighbours do.
"""

from __future__ import annotations

from typing import Final

import polars as pl

from validators.rule import Layer, Rule, Severity

_OPEN: Final = 2**31 - 1


def _overlapping() -> pl.Expr:
    """Per limit in sorted order: it begins before the one before it, of the same factor, has ended."""
    fields = {name: pl.element().struct.field(name) for name in ("pollutant", "valid_from", "valid_to")}
    order = [fields["pollutant"], fields["valid_from"]]
    factor, first, last = (fields[name].sort_by(order) for name in ("pollutant", "valid_from", "valid_to"))
    return (factor == factor.shift(1)) & (first <= last.fill_null(_OPEN).shift(1))


def _factor() -> pl.Expr:
    factor = pl.element().struct.field("pollutant")
    return factor.sort_by([factor, pl.element().struct.field("valid_from")]).filter(_overlapping().fill_null(False))


RULE = Rule(
    code="RG-LIMIT-04",
    kinds=("registration",),
    layer=Layer.EXPECTATION,
    severity=Severity.ERROR,
    field="limits",
    norm="数据契约 registration/1：同一因子同一日只有一个限值",
    zh="因子 {value} 的限值有效期重叠",
    en="the limits of factor {value} overlap in time",
    mend_zh="为前一限值填写失效日期，不含后一限值生效日",
    mend_en="end the former limit on the day before the next one begins",
    good={
        "limits": [
            {"pollutant": "a21026", "value": 50.0, "unit": "mg/m3", "norm": None, "valid_from": 100, "valid_to": 199},
            {"pollutant": "a21026", "value": 35.0, "unit": "mg/m3", "norm": None, "valid_from": 200},
        ]
    },
    bad={
        "limits": [
            {"pollutant": "a21026", "value": 35.0, "unit": "mg/m3", "norm": None, "valid_from": 200},
            {"pollutant": "a21026", "value": 50.0, "unit": "mg/m3", "norm": None, "valid_from": 100, "valid_to": 200},
        ]
    },
    broken=lambda: pl.col("limits").list.eval(_overlapping()).list.any(),
    shown=lambda: pl.col("limits").list.eval(_factor()).list.first(),
)
