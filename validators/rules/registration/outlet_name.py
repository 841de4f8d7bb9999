"""The outlet has a name: not blank."""

from __future__ import annotations

from validators.rule import Layer, Rule, Severity
from validators.rules.nil.reason import NOT_BLANK

RULE = Rule(
    code="RG-NAME-02",
    kinds=("registration",),
    layer=Layer.EXPECTATION,
    severity=Severity.ERROR,
    field="outlet_name",
    norm="数据契约 registration/1；《排污许可管理条例》第十三条",
    zh="排放口名称“{value}”为空",
    en="the outlet's name “{value}” is blank",
    mend_zh="按排污许可证填写",
    mend_en="give it as in the discharge permit",
    good={"outlet_name": "1号机组脱硫出口"},
    bad={"outlet_name": "　 "},
    expectation={
        "type": "expect_column_values_to_match_regex",
        "kwargs": {"column": "outlet_name", "regex": NOT_BLANK},
    },
)
