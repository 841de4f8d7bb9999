"""The value can be summed exactly: its millionths fit into 64 bits.

Nine million million is above the yearly product of any province in yuan.
"""

from __future__ import annotations

from typing import Final

from validators.rule import Layer, Rule, Severity

#: In the indicator's unit.
LARGEST: Final = 9e12


RULE = Rule(
    code="IN-VALUE-01",
    kinds=("indicator",),
    layer=Layer.EXPECTATION,
    severity=Severity.ERROR,
    field="value",
    norm="数据契约 indicator/1：汇总以百万分之一为单位精确相加",
    zh="数值 {value} 不在允许范围（{expected}）",
    en="value {value} is out of range ({expected})",
    mend_zh="核对数值与计量单位",
    mend_en="check the value and the unit",
    good={"indicator": "industrial-revenue", "unit": "万元", "value": 9000000000000.0},
    bad={"indicator": "industrial-revenue", "unit": "万元", "value": 9100000000000.0},
    expectation={
        "type": "expect_column_values_to_be_between",
        "kwargs": {"column": "value", "min_value": -LARGEST, "max_value": LARGEST},
    },
    expected="±9e12",
)
