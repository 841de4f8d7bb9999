"""The factor fits the outlet: codes with a are of air, with w of water. Others (conditions, stations) fit both."""

from __future__ import annotations

import polars as pl

from validators.rule import Layer, Rule, Severity


def broken() -> pl.Expr:
    """An air factor at a water outlet, or the reverse."""
    air = pl.col("pollutant").str.starts_with("a") & (pl.col("outlet__medium") == "WATER")
    return air | (pl.col("pollutant").str.starts_with("w") & (pl.col("outlet__medium") == "AIR"))


RULE = Rule(
    code="RD-MEDIUM-01",
    kinds=("reading",),
    layer=Layer.REFERENCE,
    severity=Severity.WARNING,
    field="pollutant",
    norm="HJ 212-2017 附录 B（a 为废气因子，w 为废水因子）",
    zh="监测因子“{value}”与排放口介质（{expected}）不符",
    en="the factor “{value}” does not fit the outlet's medium ({expected})",
    mend_zh="核对因子编码与排放口登记",
    mend_en="check the factor code and the outlet's registration",
    good={"pollutant": "a21026", "outlet__medium": "AIR"},
    bad={"pollutant": "w01018", "outlet__medium": "AIR"},
    broken=broken,
    needs=("outlet__medium",),
    expected=lambda: pl.col("outlet__medium"),
)
