"""Moisture of flue gas is a share of volume: 0 to 100 %."""

from __future__ import annotations

from typing import Final

import polars as pl

from validators.rule import Layer, Rule, Severity

_FACTOR: Final = "a01014"
_LOWEST: Final = 0.0
_HIGHEST: Final = 100.0
_COLUMNS: Final = ("minimum", "average", "maximum")


def broken() -> pl.Expr:
    """Minimum, average or maximum outside the scale."""
    values = [pl.col(name) for name in _COLUMNS]
    outside = pl.any_horizontal((value < _LOWEST) | (value > _HIGHEST) for value in values)
    return outside & (pl.col("pollutant") == _FACTOR)


RULE = Rule(
    code="RD-SCALE-03",
    kinds=("reading",),
    layer=Layer.EXPECTATION,
    severity=Severity.WARNING,
    field="average",
    norm="HJ 76-2017；HJ 212-2017 附录 B（a01014）",
    zh="烟气湿度 {value} 超出 {expected}",
    en="moisture {value} is outside {expected}",
    mend_zh="检查仪器与量程设置；数据异常的，请如实标记",
    mend_en="check instrument and range; mark the data if they are abnormal",
    good={"pollutant": _FACTOR, "minimum": _LOWEST, "average": _LOWEST, "maximum": _HIGHEST},
    bad={"pollutant": _FACTOR, "minimum": _LOWEST, "average": _HIGHEST, "maximum": _HIGHEST + 0.1},
    broken=broken,
    shown=lambda: pl.format("{} / {} / {}", *(pl.col(n).cast(pl.String).fill_null("-") for n in _COLUMNS)),
    expected="0.0 – 100.0",
)
