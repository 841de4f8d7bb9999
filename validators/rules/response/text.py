"""A report, an objection or a request for time says something. An acknowledgement need not."""

from __future__ import annotations

import polars as pl

from validators.rule import Layer, Rule, Severity
from validators.rules.nil.reason import NOT_BLANK


def broken() -> pl.Expr:
    """Blank, and more than an acknowledgement."""
    return (pl.col("action") != "ACKNOWLEDGE") & ~pl.col("text").str.contains(NOT_BLANK)


RULE = Rule(
    code="RS-TEXT-01",
    kinds=("response",),
    layer=Layer.EXPECTATION,
    severity=Severity.ERROR,
    field="text",
    norm="数据契约 response/1；督办工作规则（整改、异议、延期须说明情况）",
    zh="反馈内容为空",
    en="the answer has no text",
    mend_zh="写明整改情况、异议理由或延期原因",
    mend_en="describe what was done, the ground of the objection, or why time is needed",
    good={"action": "ACKNOWLEDGE", "text": ""},
    bad={"action": "REPORT", "text": " 　\n"},
    broken=broken,
)
