"""The project has a name."""

from __future__ import annotations

from validators.rule import Layer, Rule, Severity

RULE = Rule(
    code="PJ-NAME-01",
    kinds=("project",),
    layer=Layer.EXPECTATION,
    severity=Severity.ERROR,
    field="name",
    norm="数据契约 project/1",
    zh="项目名称为空",
    en="the project has no name",
    mend_zh="填报备案或批复文件上的项目名称",
    mend_en="give the name of the filing or approval",
    good={"name": "技改"},
    bad={"name": " \u3000"},
    expectation={
        "type": "expect_column_values_to_match_regex",
        "kwargs": {"column": "name", "regex": "[^ \t\r\n\u00a0\u3000]"},
    },
)
