"""Corrected averages lie within a thousand million, as averages and maxima do (RD-RANGE-01)."""

from __future__ import annotations

import polars as pl

from validators.rule import Layer, Rule, Severity
from validators.rules.reading.average_range import LARGEST

RULE = Rule(
    code="RD-RANGE-05",
    kinds=("reading",),
    layer=Layer.EXPECTATION,
    severity=Severity.ERROR,
    field="corrected",
    norm="HJ 212-2017 附录 B（数据类型）；数据契约：汇总精度",
    zh="折算均值 {value} 超出允许范围 {expected}",
    en="the corrected average {value} is outside {expected}",
    mend_zh="核对数值与单位；无数据时留空",
    mend_en="check value and unit; leave the field empty where there is no value",
    good={"corrected": 21.7},
    bad={"corrected": 1.5e9},
    broken=lambda: pl.col("corrected").abs() > LARGEST,
    expected="-1e9 – 1e9",
)
