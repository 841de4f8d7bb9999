"""The indicator is one of the code list."""

from __future__ import annotations

from typing import Final

from schemas.contract import codes
from validators.rule import Layer, Rule, Severity

CODES: Final = [entry.code for entry in codes("indicator")]


RULE = Rule(
    code="IN-CODE-01",
    kinds=("indicator",),
    layer=Layer.EXPECTATION,
    severity=Severity.ERROR,
    field="indicator",
    norm="指标代码表（schemas/codes/indicator.json）",
    zh="指标代码“{value}”不在指标代码表中",
    en="indicator “{value}” is not in the code list",
    mend_zh="按指标代码表填报；新指标请先报省工业和信息化厅收录",
    mend_en="use a code of the list; have a new indicator added there first",
    good={"indicator": "rd-intensity"},
    bad={"indicator": "gdp"},
    expectation={"type": "expect_column_values_to_be_in_set", "kwargs": {"column": "indicator", "value_set": CODES}},
)
