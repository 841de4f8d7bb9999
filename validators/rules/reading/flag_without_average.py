"""Flagged normal, with other values, but without an average (momentary value): what was measured cannot be rolled up.

A warning only: flow of waste water is reported in the field by its cumulative figure alone.
"""

from __future__ import annotations

import polars as pl

from validators.rule import Layer, Rule, Severity


def broken() -> pl.Expr:
    """Normal, no average, some other value."""
    others = pl.col("minimum").is_not_null() | pl.col("maximum").is_not_null() | pl.col("cumulative").is_not_null()
    return pl.col("average").is_null() & others & (pl.col("flag") == "N")


RULE = Rule(
    code="RD-FLAG-03",
    kinds=("reading",),
    layer=Layer.EXPECTATION,
    severity=Severity.WARNING,
    field="average",
    norm="HJ 212-2017 附录 C（Avg、Rtd 与 Flag）",
    zh="数据标记为正常（N），但没有均值（实时值）",
    en="flagged normal (N), but without an average or momentary value",
    mend_zh="补报均值；仪器未正常工作的，改用相应标记",
    mend_en="report the average; if the instrument was not working, use the flag that says so",
    good={"average": None, "minimum": None, "maximum": None, "cumulative": None, "flag": "D"},
    bad={"average": None},
    broken=broken,
)
