r"""The publisher's own reference: at most 200 characters in one line, because every finding and receipt echoes it."""

from __future__ import annotations

from validators.rule import ALL_KINDS, Layer, Rule, Severity

RULE = Rule(
    code="HL-REF-01",
    kinds=ALL_KINDS,
    layer=Layer.EXPECTATION,
    severity=Severity.ERROR,
    field="source_ref",
    norm="数据契约：自有编号不超过 200 个字符，不含控制字符",
    zh="自有编号超过 200 个字符或含有控制字符",
    en="the publisher's own reference is longer than 200 characters or holds control characters",
    mend_zh="缩短自有编号，去除换行、制表等控制字符；没有可留空",
    mend_en="shorten the reference, without line breaks or tabs; leave it out if there is none",
    good={"source_ref": "HF-2026-000123"},
    bad={"source_ref": "HF-2026\n000123"},
    expectation={
        "type": "expect_column_values_to_match_regex",
        "kwargs": {"column": "source_ref", "regex": r"^[^\x00-\x1f\x7f]{0,200}$"},
    },
    expected="<= 200",
)
