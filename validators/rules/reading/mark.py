"""Operator's mark: one of the kinds that the marking rules of 2022 and the national interface know."""

from __future__ import annotations

from typing import Final

from schemas.contract import codes
from validators.rule import Layer, Rule, Severity
from validators.tidy import listed

MARKS: Final = tuple(code.code for code in codes("mark"))

RULE = Rule(
    code="RD-MARK-01",
    kinds=("reading",),
    layer=Layer.EXPECTATION,
    severity=Severity.ERROR,
    field="mark",
    norm="《污染物排放自动监测设备标记规则》（生态环境部公告 2022 年第 21 号）",
    zh="企业人工标记“{value}”不在代码表内",
    en="the operator's mark “{value}” is not in the code list",
    mend_zh="使用代码表中的标记；未标记的留空",
    mend_en="use a mark of the code list; leave it empty if there is none",
    good={"mark": "CALIBRATION"},
    bad={"mark": "CALIBRATING"},
    expectation={
        "type": "expect_column_values_to_be_in_set",
        "kwargs": {"column": "mark", "value_set": list(MARKS)},
    },
    expected=" ".join(MARKS),
    suggest=lambda: listed("mark", MARKS),
)
