"""A cumulative mass belongs to an hour or a day; with momentary or minute data it is told, and not summed."""

from __future__ import annotations

import polars as pl

from validators.rule import Layer, Rule, Severity

RULE = Rule(
    code="RD-CUMULATIVE-01",
    kinds=("reading",),
    layer=Layer.EXPECTATION,
    severity=Severity.INFO,
    field="cumulative",
    norm="HJ 212-2017 附录 C（Cou 用于小时、日数据）",
    zh="实时或分钟数据带有累计排放量 {value}，不计入汇总",
    en="momentary or minute data with a cumulative mass {value}, which is not summed",
    mend_zh="累计排放量随小时、日数据报送",
    mend_en="report cumulative mass with hour and day data",
    good={"period": "HOUR", "cumulative": 3.2},
    bad={"period": "MINUTE", "cumulative": 3.2},
    broken=lambda: pl.col("cumulative").is_not_null() & pl.col("period").is_in(["REALTIME", "MINUTE"]),
)
