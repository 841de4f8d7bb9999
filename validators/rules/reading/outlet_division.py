"""The reading's division is that of its outlet's registration. A retired code and its successor are the same place."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from huiliu import division
from validators.rule import Layer, Rule, Severity


def _differs(own: str, registered: str) -> bool:
    return registered not in (own, division.successor(own)) and own != division.successor(registered)


def _judged(columns: Iterable[pl.Series]) -> pl.Series:
    own, registered = columns
    unequal = own != registered
    if not unequal.any():
        return unequal
    pairs = pl.DataFrame({"own": own, "registered": registered})
    wrong = [pair for pair in pairs.filter(unequal).unique().iter_rows() if _differs(*pair)]
    listed = pl.DataFrame(wrong, schema=pairs.schema, orient="row").with_columns(wrong=pl.lit(True))
    joined = pairs.join(listed, on=["own", "registered"], how="left", maintain_order="left")
    return joined["wrong"].fill_null(False)


RULE = Rule(
    code="RD-OUTLET-02",
    kinds=("reading",),
    layer=Layer.REFERENCE,
    severity=Severity.ERROR,
    field="division",
    norm="数据契约：监测数据的行政区划以排放口登记为准",
    zh="行政区划“{value}”与排放口登记的“{expected}”不一致",
    en="the division “{value}” is not that of the outlet's registration “{expected}”",
    mend_zh="按排放口登记填报行政区划；登记有误的，先更正登记",
    mend_en="give the division of the outlet's registration; if that is wrong, correct it first",
    good={"division": "340221", "outlet__division": "340210"},
    bad={"division": "340104", "outlet__division": "340103"},
    broken=lambda: pl.map_batches(["division", "outlet__division"], _judged, return_dtype=pl.Boolean),
    needs=("outlet__division",),
    expected=lambda: pl.col("outlet__division"),
    suggest=lambda: pl.col("outlet__division"),
)
