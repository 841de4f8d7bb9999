"""The case number as the directive gives it: capital letters, digits and hyphens, 6 to 40 characters."""

from __future__ import annotations

from validators.rule import Layer, Rule, Severity

FORM = "^[0-9A-Z][0-9A-Z-]{5,39}$"

RULE = Rule(
    code="RS-CASE-01",
    kinds=("response",),
    layer=Layer.EXPECTATION,
    severity=Severity.ERROR,
    field="case_number",
    norm="数据契约 response/1：督办编号以督办单为准",
    zh="督办编号“{value}”不是督办单编号的写法",
    en="the case number “{value}” is not written as directives write it",
    mend_zh="照抄督办单上的编号，使用半角字符",
    mend_en="copy the number from the directive, in ASCII characters",
    good={"case_number": "DB-340000-2026-000017"},
    bad={"case_number": "督办〔2026〕17号"},
    expectation={"type": "expect_column_values_to_match_regex", "kwargs": {"column": "case_number", "regex": FORM}},
    expected=FORM,
)
