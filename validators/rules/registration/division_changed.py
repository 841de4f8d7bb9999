"""The monitor moved to another division, where its readings count from now on. A warning, unless a code succeeded."""

from __future__ import annotations

import polars as pl

from huiliu import division
from validators.distinct import replaced_text
from validators.rule import Layer, Rule, Severity


def broken() -> pl.Expr:
    """Another division than before, and not the successor of the former one's code."""
    former, now = pl.col("previous__division"), pl.col("division")
    return (former != now) & ~replaced_text("previous__division", division.successor).eq_missing(now)


RULE = Rule(
    code="RG-HISTORY-02",
    kinds=("registration",),
    layer=Layer.HISTORY,
    severity=Severity.WARNING,
    field="division",
    norm="数据契约 registration/1：监测数据按登记的行政区划汇总",
    zh="设备原登记于 {expected}，现改为 {value}，此后数据计入新区划",
    en="the monitor was registered in {expected} and is now in {value}, where its data count from now on",
    mend_zh="确认排放口位置；误填的请更正",
    mend_en="confirm where the outlet is; correct it if mistaken",
    good={"division": "340210", "publisher": "340200", "previous__division": "340221"},
    bad={"division": "340104", "previous__division": "340103"},
    broken=broken,
    needs=("previous__division",),
    expected=lambda: pl.col("previous__division"),
)
