"""A mass discharged is not negative and at most a thousand million kilograms.

Sums over a province stay exact in millionths only while each value is at most 1e9; no instrument measures more.
"""

from __future__ import annotations

from typing import Final

from validators.rule import Layer, Rule, Severity

LARGEST: Final = 1e9

RULE = Rule(
    code="RD-RANGE-03",
    kinds=("reading",),
    layer=Layer.EXPECTATION,
    severity=Severity.ERROR,
    field="cumulative",
    norm="HJ 212-2017 附录 C（Cou，累计值）；数据契约：汇总精度",
    zh="累计排放量 {value} 超出允许范围 {expected}",
    en="the cumulative mass {value} is outside {expected}",
    mend_zh="核对数值与单位；无数据时留空",
    mend_en="check value and unit; leave the field empty where there is no value",
    good={"cumulative": 0.0},
    bad={"cumulative": -0.1},
    expectation={
        "type": "expect_column_values_to_be_between",
        "kwargs": {"column": "cumulative", "min_value": 0.0, "max_value": LARGEST},
    },
    expected="0.0 – 1e9",
)
