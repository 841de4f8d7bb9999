"""An amount whose digits are those of an identifier is a column mistaken for another.

Seen abroad: a subaward of six thousand million was the subaward's number typed into the amount.
"""

from __future__ import annotations

from typing import Final

import polars as pl

from validators.rule import Layer, Rule, Severity

IDENTIFIERS: Final = ("award_number", "project_code", "payee", "document_number", "source_ref")
#: Fewer digits than these coincide by chance.
SHORTEST: Final = 6


def _digits(field: str) -> pl.Expr:
    digits = pl.col(field).str.replace_all("[^0-9]", "").str.strip_chars_start("0")
    return pl.when(digits.str.len_bytes() >= SHORTEST).then(digits)


def _typed(field: str) -> pl.Expr:
    """True where the amount, in fen, yuan or ten-thousand yuan, is written with the digits of the field."""
    amount = pl.col("amount")
    units = (
        (amount % unit == 0) & ((amount // unit).cast(pl.String) == _digits(field)) for unit in (1, 100, 1_000_000)
    )
    return pl.any_horizontal(*units)


def _broken() -> pl.Expr:
    return pl.any_horizontal(*(_typed(field) for field in IDENTIFIERS))


def _expected() -> pl.Expr:
    return pl.coalesce(*(pl.when(_typed(field)).then(pl.col(field)) for field in IDENTIFIERS))


RULE = Rule(
    code="AW-DIGITS-01",
    kinds=("award",),
    layer=Layer.EXPECTATION,
    severity=Severity.WARNING,
    field="amount",
    norm="USAspending 公开问题 issue-tracker 91：分包编号误作金额",
    zh="奖补金额 {value} 分的数字与“{expected}”相同，疑为误填",
    en=("the digits of the amount, {value} fen, are those of “{expected}”: probably a column mistaken for another"),
    mend_zh="核对金额列与编号列是否错位",
    mend_en="check whether the columns of amount and number are out of step",
    good={},
    bad={"award_number": "HF-0400-0000-00"},
    broken=_broken,
    expected=_expected,
)
