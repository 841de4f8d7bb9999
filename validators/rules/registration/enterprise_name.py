"""The enterprise has a name: not blank."""

from __future__ import annotations

from validators.rule import Layer, Rule, Severity
from validators.rules.nil.reason import NOT_BLANK

RULE = Rule(
    code="RG-NAME-01",
    kinds=("registration",),
    layer=Layer.EXPECTATION,
    severity=Severity.ERROR,
    field="enterprise_name",
    norm="数据契约 registration/1；《排污许可管理条例》第十三条",
    zh="排污单位名称“{value}”为空",
    en="the enterprise's name “{value}” is blank",
    mend_zh="按排污许可证填写",
    mend_en="give it as in the discharge permit",
    good={"enterprise_name": "合肥示例热电有限公司"},
    bad={"enterprise_name": "　 "},
    expectation={
        "type": "expect_column_values_to_match_regex",
        "kwargs": {"column": "enterprise_name", "regex": NOT_BLANK},
    },
)
