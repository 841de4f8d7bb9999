"""Averages lie within a thousand million.

Sums over a province stay exact in millionths only while each value is at most 1e9; no instrument measures more.
"""

from __future__ import annotations

from typing import Final

from validators.rule import Layer, Rule, Severity

LARGEST: Final = 1e9

RULE = Rule(
    code="RD-RANGE-01",
    kinds=("reading",),
    layer=Layer.EXPECTATION,
    severity=Severity.ERROR,
    field="average",
    norm="HJ 212-2017 附录 B（数据类型）；数据契约：汇总精度",
    zh="均值（实时值） {value} 超出允许范围 {expected}",
    en="the average {value} is outside {expected}",
    mend_zh="核对数值与单位；无数据时留空",
    mend_en="check value and unit; leave the field empty where there is no value",
    good={"average": -12.5},
    bad={"average": 1.5e9},
    expectation={
        "type": "expect_column_values_to_be_between",
        "kwargs": {"column": "average", "min_value": -LARGEST, "max_value": LARGEST},
    },
    expected="-1e9 – 1e9",
)
