"""Six digits: the form of a division code, GB/T 2260.

Full-width digits and blanks are the usual slip; the suggestion narrows them.
"""

from __future__ import annotations

import polars as pl

from validators.rule import ALL_KINDS, Layer, Rule, Severity

FORM = "^[1-9][0-9]{5}$"


def narrowed() -> pl.Expr:
    """The code in half-width digits without blanks, where that makes it six digits."""
    narrow = pl.col("division").str.normalize("NFKC").str.replace_all(r"\s", "")
    return pl.when(narrow.str.contains(FORM)).then(narrow)


RULE = Rule(
    code="HL-DIV-01",
    kinds=ALL_KINDS,
    layer=Layer.JURISDICTION,
    severity=Severity.ERROR,
    field="division",
    norm="GB/T 2260-2007《中华人民共和国行政区划代码》",
    zh="行政区划代码“{value}”不是六位数字",
    en="the division code “{value}” is not six digits",
    mend_zh="填写六位半角数字的行政区划代码，如 340104",
    mend_en="give the six-digit division code in ASCII digits, such as 340104",
    good={"division": "340104"},
    bad={"division": "３４０１０４"},
    expectation={"type": "expect_column_values_to_match_regex", "kwargs": {"column": "division", "regex": FORM}},
    expected=FORM,
    suggest=narrowed,
)
