"""The planned investment is positive, and small enough for every reader to tell fen apart."""

from __future__ import annotations

from validators.amounts import LARGEST_FEN
from validators.rule import Layer, Rule, Severity

RULE = Rule(
    code="PJ-INVEST-01",
    kinds=("project",),
    layer=Layer.EXPECTATION,
    severity=Severity.ERROR,
    field="planned_investment",
    norm="数据契约 project/1：金额为整数分",
    zh="计划总投资 {value} 分不在允许范围（{expected}）",
    en="planned investment of {value} fen is out of range ({expected})",
    mend_zh="填报以分为单位的整数；1 万元为 1000000",
    mend_en="give whole fen; ten-thousand yuan are 1000000",
    good={"planned_investment": 9007199254740992},
    bad={"planned_investment": 0},
    expectation={
        "type": "expect_column_values_to_be_between",
        "kwargs": {"column": "planned_investment", "min_value": 1, "max_value": LARGEST_FEN},
    },
    expected=f"1 至 {LARGEST_FEN} 分",
)
