"""The cumulative investment is not negative, and small enough for every reader to tell fen apart."""

from __future__ import annotations

from validators.amounts import LARGEST_FEN
from validators.rule import Layer, Rule, Severity

RULE = Rule(
    code="PJ-INVEST-02",
    kinds=("project",),
    layer=Layer.EXPECTATION,
    severity=Severity.ERROR,
    field="cumulative_investment",
    norm="数据契约 project/1：金额为整数分",
    zh="累计完成投资 {value} 分不在允许范围（{expected}）",
    en="cumulative investment of {value} fen is out of range ({expected})",
    mend_zh="填报以分为单位的整数；1 万元为 1000000",
    mend_en="give whole fen; ten-thousand yuan are 1000000",
    good={"cumulative_investment": 0},
    bad={"cumulative_investment": -1},
    expectation={
        "type": "expect_column_values_to_be_between",
        "kwargs": {"column": "cumulative_investment", "min_value": 0, "max_value": LARGEST_FEN},
    },
    expected=f"0 至 {LARGEST_FEN} 分",
)
