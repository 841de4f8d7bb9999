"""Who states it: a name of at most 100 characters."""

from __future__ import annotations

from validators.rule import Layer, Rule, Severity

RULE = Rule(
    code="NL-PERSON-01",
    kinds=("nil",),
    layer=Layer.EXPECTATION,
    severity=Severity.ERROR,
    field="reported_by",
    norm="数据契约 nil/1；个人信息最小必要（《个人信息保护法》第六条）",
    zh="填报人超过 {expected} 个字符",
    en="the name of who states it is longer than {expected} characters",
    mend_zh="只填姓名或岗位",
    mend_en="give a name or a post, nothing more",
    good={"reported_by": "李工"},
    bad={"reported_by": "李" * 101},
    expectation={
        "type": "expect_column_value_lengths_to_be_between",
        "kwargs": {"column": "reported_by", "max_value": 100},
    },
    expected="100",
)
