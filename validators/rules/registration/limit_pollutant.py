"""A limit is for a factor of HJ 212-2017 appendix B: a limit of an unknown factor would never be compared."""

from __future__ import annotations

import polars as pl

from validators.rule import Layer, Rule, Severity
from validators.rules.reading.pollutant import POLLUTANTS


def _unknown() -> pl.Expr:
    return ~pl.element().struct.field("pollutant").is_in(pl.Series(POLLUTANTS).implode())


def _first() -> pl.Expr:
    return pl.element().struct.field("pollutant").filter(_unknown())


RULE = Rule(
    code="RG-LIMIT-02",
    kinds=("registration",),
    layer=Layer.EXPECTATION,
    severity=Severity.ERROR,
    field="limits",
    norm="HJ 212-2017 附录 B",
    zh="限值的监测因子“{value}”不在 HJ 212-2017 附录 B 中",
    en="the factor “{value}” of a limit is not in appendix B of HJ 212-2017",
    mend_zh="使用 2017 版因子编码",
    mend_en="use the factor codes of 2017",
    good={"limits": []},
    bad={"limits": [{"pollutant": "02", "value": 35.0, "unit": "mg/m3", "norm": None, "valid_from": 19723}]},
    broken=lambda: pl.col("limits").list.eval(_unknown()).list.any(),
    shown=lambda: pl.col("limits").list.eval(_first()).list.first(),
)
