"""Dates between 1949 and 2199: beyond lie slips of the keyboard and days since another epoch."""

from __future__ import annotations

from typing import Final

import polars as pl

from validators.rule import Layer, Rule, Severity

FIRST_DAY: Final = -7_670  #: 1949-01-01
LAST_DAY: Final = 84_005  #: 2199-12-31


def broken(day: pl.Expr) -> pl.Expr:
    """Before 1949 or after 2199."""
    return (day < FIRST_DAY) | (day > LAST_DAY)


RULE = Rule(
    code="HL-DATE-01",
    kinds=("response", "registration"),
    layer=Layer.EXPECTATION,
    severity=Severity.ERROR,
    field="requested_until",
    norm="GB/T 7408-2005；数据契约：日期为 1970-01-01 起的天数",
    zh="“{field}”的日期 {value} 不在 1949 年至 2199 年之间",
    en="the date of “{field}” {value} is not between 1949 and 2199",
    mend_zh="核对日期；二进制报送时日期为 1970-01-01 起的天数",
    mend_en="check the date; in binary form it is days since 1970-01-01",
    good={"requested_until": 20_790},
    bad={"requested_until": 20_261_120},
    each="date",
    broken_field=broken,
    expected="1949-01-01 – 2199-12-31",
)
