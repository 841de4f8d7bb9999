"""A value that did not move for an hour or a day: minimum, average and maximum equal, and not zero. Kept, and flagged.

A stuck instrument and a set value look like this; so may a real constant, so nothing is refused.
"""

from __future__ import annotations

import polars as pl

from validators.rule import Layer, Rule, Severity


def broken() -> pl.Expr:
    """Hour or day, normal, one value throughout."""
    average = pl.col("average")
    still = (pl.col("minimum") == average) & (pl.col("maximum") == average) & (average != 0)
    return still & pl.col("period").is_in(["HOUR", "DAY"]) & (pl.col("flag") == "N")


RULE = Rule(
    code="RD-FROZEN-01",
    kinds=("reading",),
    layer=Layer.EXPECTATION,
    severity=Severity.WARNING,
    field="average",
    norm="数据审核：恒值；《污染物排放自动监测设备标记规则》",
    zh="最小值、均值、最大值均为 {value}，整个时段没有变化",
    en="minimum, average and maximum are all {value}: no change in the whole period",
    mend_zh="检查仪器是否故障或输入了设定值（标记 S、D）",
    mend_en="check for a stuck instrument or a set value (flags S, D)",
    good={"minimum": 0.0, "average": 0.0, "maximum": 0.0},
    bad={"minimum": 18.4, "average": 18.4, "maximum": 18.4},
    broken=broken,
)
