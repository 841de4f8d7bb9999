"""Correction to reference oxygen is for flue gas: a corrected average of any other factor is a slip of columns."""

from __future__ import annotations

from typing import Final

import polars as pl

from validators.rule import Layer, Rule, Severity
from validators.rules.reading.pollutant import POLLUTANTS

OTHERS: Final = tuple(code for code in POLLUTANTS if not code.startswith("a"))

RULE = Rule(
    code="RD-CORRECTED-01",
    kinds=("reading",),
    layer=Layer.EXPECTATION,
    severity=Severity.WARNING,
    field="corrected",
    norm="HJ 212-2017 附录 D（折算）；GB 13223-2011",
    zh="非废气因子带有折算均值 {value}",
    en="a factor that is not of flue gas has a corrected average {value}",
    mend_zh="仅废气污染物填报折算均值，其他因子留空",
    mend_en="give corrected averages for pollutants of flue gas only",
    good={"pollutant": "a21026", "corrected": 20.9},
    bad={"pollutant": "w01018", "corrected": 20.9},
    broken=lambda: pl.col("corrected").is_not_null() & pl.col("pollutant").is_in(pl.Series(OTHERS).implode()),
)
