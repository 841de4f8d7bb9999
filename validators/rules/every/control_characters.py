"""No control characters in a text but line breaks and tabs. PostgreSQL cannot store a NUL; others hide in reports."""

from __future__ import annotations

from typing import Final

import polars as pl

from validators.rule import ALL_KINDS, Layer, Rule, Severity

CONTROL: Final = r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]"


def broken(text: pl.Expr) -> pl.Expr:
    """A control character other than tab, line feed and carriage return."""
    return text.str.contains(CONTROL)


RULE = Rule(
    code="HL-TEXT-01",
    kinds=ALL_KINDS,
    layer=Layer.EXPECTATION,
    severity=Severity.ERROR,
    field="source_ref",
    norm="数据契约：文本不含控制字符（GB/T 1988 的 00 至 1F、7F，换行与制表除外）",
    zh="“{field}”含有控制字符：“{value}”",
    en="“{field}” holds control characters: “{value}”",
    mend_zh="去除控制字符后重报",
    mend_en="remove the control characters and report again",
    good={"source_ref": "HF-2026-000123"},
    bad={"source_ref": "HF\x00"},
    each="text",
    broken_field=broken,
)
