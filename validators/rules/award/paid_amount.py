"""The amount paid is what the payee has received and kept: recovering lowers it, to nothing at most.

A recovery is not told as a negative payment: a sum over payments would then count it twice.
"""

from __future__ import annotations

from validators.amounts import LARGEST_FEN
from validators.rule import Layer, Rule, Severity

RULE = Rule(
    code="AW-AMOUNT-02",
    kinds=("award",),
    layer=Layer.EXPECTATION,
    severity=Severity.ERROR,
    field="paid_amount",
    norm="数据契约 award/1：金额为整数分",
    zh="已拨付金额 {value} 分不在允许范围（{expected}）",
    en="amount paid of {value} fen is out of range ({expected})",
    mend_zh="填报以分为单位的整数；1 万元为 1000000；追回的填报追回后的净额",
    mend_en="give whole fen; ten-thousand yuan are 1000000; after a recovery give what is left",
    good={"paid_amount": 0},
    bad={"paid_amount": -1},
    expectation={
        "type": "expect_column_values_to_be_between",
        "kwargs": {"column": "paid_amount", "min_value": 0, "max_value": LARGEST_FEN},
    },
    expected=f"0 至 {LARGEST_FEN} 分",
)
