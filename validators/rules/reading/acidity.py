"""pH lies between 0 and 14. A warning: worn electrodes drift beyond, and the value is still what was read."""

from __future__ import annotations

from typing import Final

import polars as pl

from validators.rule import Layer, Rule, Severity

_FACTOR: Final = "w01001"
_LOWEST: Final = 0.0
_HIGHEST: Final = 14.0
_COLUMNS: Final = ("minimum", "average", "maximum")


def broken() -> pl.Expr:
    """Minimum, average or maximum outside the scale."""
    values = [pl.col(name) for name in _COLUMNS]
    outside = pl.any_horizontal((value < _LOWEST) | (value > _HIGHEST) for value in values)
    return outside & (pl.col("pollutant") == _FACTOR)


RULE = Rule(
    code="RD-SCALE-01",
    kinds=("reading",),
    layer=Layer.EXPECTATION,
    severity=Severity.WARNING,
    field="average",
    norm="HJ 212-2017 附录 B（w01001）；GB/T 6920-1986",
    zh="pH {value} 超出 {expected}",
    en="pH {value} is outside {expected}",
    mend_zh="检查仪器与量程设置；数据异常的，请如实标记",
    mend_en="check instrument and range; mark the data if they are abnormal",
    good={"pollutant": _FACTOR, "minimum": _LOWEST, "average": _LOWEST, "maximum": _HIGHEST},
    bad={"pollutant": _FACTOR, "minimum": _LOWEST, "average": _HIGHEST, "maximum": _HIGHEST + 0.1},
    broken=broken,
    shown=lambda: pl.format("{} / {} / {}", *(pl.col(n).cast(pl.String).fill_null("-") for n in _COLUMNS)),
    expected="0.0 – 14.0",
)
