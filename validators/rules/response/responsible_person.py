"""The responsible person: a name of at most 100 characters."""

from __future__ import annotations

from validators.rule import Layer, Rule, Severity

RULE = Rule(
    code="RS-PERSON-01",
    kinds=("response",),
    layer=Layer.EXPECTATION,
    severity=Severity.ERROR,
    field="responsible_person",
    norm="数据契约 response/1；个人信息最小必要（《个人信息保护法》第六条）",
    zh="责任人超过 {expected} 个字符",
    en="the responsible person's name is longer than {expected} characters",
    mend_zh="只填姓名或职务",
    mend_en="give a name or an office, nothing more",
    good={"responsible_person": "王工"},
    bad={"responsible_person": "王" * 101},
    expectation={
        "type": "expect_column_value_lengths_to_be_between",
        "kwargs": {"column": "responsible_person", "max_value": 100},
    },
    expected="100",
)
