"""Limits fit the outlet's medium: factors of air (a) at an air outlet, of water (w) at a water outlet."""

from __future__ import annotations

import polars as pl

from validators.rule import Layer, Rule, Severity


def _starting(letter: str) -> pl.Expr:
    return pl.col("limits").list.eval(pl.element().struct.field("pollutant").str.starts_with(letter)).list.any()


def broken() -> pl.Expr:
    """A water limit at an air outlet, or the reverse."""
    at_air = (pl.col("medium") == "AIR") & _starting("w")
    return at_air | ((pl.col("medium") == "WATER") & _starting("a"))


RULE = Rule(
    code="RG-LIMIT-05",
    kinds=("registration",),
    layer=Layer.EXPECTATION,
    severity=Severity.WARNING,
    field="limits",
    norm="HJ 212-2017 附录 B（a 为废气因子，w 为废水因子）",
    zh="限值的监测因子与排放口介质（{expected}）不符",
    en="a limit's factor does not fit the outlet's medium ({expected})",
    mend_zh="核对介质与因子编码",
    mend_en="check medium and factor codes",
    good={"medium": "AIR", "limits": []},
    bad={"medium": "WATER"},
    broken=broken,
    expected=lambda: pl.col("medium"),
)
