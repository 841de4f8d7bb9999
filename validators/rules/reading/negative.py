"""A concentration below zero: kept and flagged. Zero drift gives such values; no norm found asks to set them to zero.

Temperature, pressure and potential may be negative; only factors measured in mass, activity or number per volume count.
"""

from __future__ import annotations

from typing import Final

import polars as pl

from schemas.contract import codes
from validators.rule import Layer, Rule, Severity

_PER_VOLUME: Final = ("mg/L", "ug/L", "ng/L", "1/L", "Bq/L", "mg/m3", "ng/m3", "kg/m3")
CONCENTRATIONS: Final = tuple(code.code for code in codes("pollutant") if code.extra.get("unit_si") in _PER_VOLUME)


def broken() -> pl.Expr:
    """A concentration whose average or minimum is below zero."""
    below = (pl.col("average") < 0) | (pl.col("minimum") < 0)
    return below & pl.col("pollutant").is_in(pl.Series(CONCENTRATIONS).implode())


RULE = Rule(
    code="RD-NEGATIVE-01",
    kinds=("reading",),
    layer=Layer.EXPECTATION,
    severity=Severity.WARNING,
    field="average",
    norm="HJ 75-2017（零点漂移）；HJ 355-2019",
    zh="浓度为负值（{value}）",
    en="a concentration below zero ({value})",
    mend_zh="检查仪器零点漂移；处于校准、维护的，请如实标记",
    mend_en="check the instrument's zero drift; mark calibration and maintenance as such",
    good={"pollutant": "a01013", "average": -0.3, "minimum": -0.4, "maximum": 0.0},
    bad={"pollutant": "a21026", "average": -0.3, "minimum": -0.4},
    broken=broken,
    shown=lambda: pl.min_horizontal("average", "minimum"),
    expected=">= 0",
)
