"""The amount approved is never negative; what is recovered lowers the amount paid, not this one."""

from __future__ import annotations

from validators.amounts import LARGEST_FEN
from validators.rule import Layer, Rule, Severity

RULE = Rule(
    code="AW-AMOUNT-01",
    kinds=("award",),
    layer=Layer.EXPECTATION,
    severity=Severity.ERROR,
    field="amount",
    norm="数据契约 award/1：金额为整数分",
    zh="奖补金额 {value} 分不在允许范围（{expected}）",
    en="amount of {value} fen is out of range ({expected})",
    mend_zh="填报以分为单位的整数；1 万元为 1000000",
    mend_en="give whole fen; ten-thousand yuan are 1000000",
    good={"amount": 0},
    bad={"amount": -1},
    expectation={
        "type": "expect_column_values_to_be_between",
        "kwargs": {"column": "amount", "min_value": 0, "max_value": LARGEST_FEN},
    },
    expected=f"0 至 {LARGEST_FEN} 分",
)
