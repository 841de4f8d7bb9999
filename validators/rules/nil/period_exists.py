"""The day exists: no 30 February, no year 0."""

from __future__ import annotations

import re

import polars as pl

from huiliu import period
from validators.distinct import wrong_text
from validators.rule import Layer, Rule, Severity
from validators.rules.nil.period_form import FORM


def _missing(text: str) -> bool:
    return re.match(FORM, text) is not None and not period.valid(text)


def broken() -> pl.Expr:
    """Of the right form, and no day of any calendar."""
    return wrong_text("period", _missing)


RULE = Rule(
    code="NL-PERIOD-02",
    kinds=("nil",),
    layer=Layer.EXPECTATION,
    severity=Severity.ERROR,
    field="period",
    norm="GB/T 7408-2005（日期表示）",
    zh="统计期“{value}”不存在",
    en="there is no period “{value}”",
    mend_zh="核对日期",
    mend_en="check the date",
    good={"period": "2024-02-29"},
    bad={"period": "2026-02-30"},
    broken=broken,
)
