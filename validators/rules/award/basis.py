"""The basis is not negative."""

from __future__ import annotations

from validators.amounts import LARGEST_FEN
from validators.rule import Layer, Rule, Severity

RULE = Rule(
    code="AW-AMOUNT-03",
    kinds=("award",),
    layer=Layer.EXPECTATION,
    severity=Severity.ERROR,
    field="basis",
    norm="数据契约 award/1：金额为整数分",
    zh="计算基数 {value} 分不在允许范围（{expected}）",
    en="basis of {value} fen is out of range ({expected})",
    mend_zh="填报以分为单位的整数；1 万元为 1000000",
    mend_en="give whole fen; ten-thousand yuan are 1000000",
    good={"basis": 0},
    bad={"basis": -1},
    expectation={
        "type": "expect_column_values_to_be_between",
        "kwargs": {"column": "basis", "min_value": 0, "max_value": LARGEST_FEN},
    },
    expected=f"0 至 {LARGEST_FEN} 分",
)
