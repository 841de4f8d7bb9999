"""A time of reporting that a clock can have shown: not before 2000, not after 2099, in milliseconds.

Seconds or microseconds taken for milliseconds land outside at once: the suggestion is what was probably meant.
"""

from __future__ import annotations

from typing import Final

import polars as pl

from validators.finding import shown_time
from validators.rule import ALL_KINDS, Layer, Rule, Severity

FIRST_MS: Final = 946_656_000_000  #: 2000-01-01T00:00 in Shanghai
LAST_MS: Final = 4_102_415_999_999  #: 2099-12-31T23:59:59.999 in Shanghai


def rescaled(field: str) -> pl.Expr:
    """The time if it was given in seconds or microseconds, where that lies between 2000 and 2099."""
    value = pl.col(field)
    in_seconds = value.is_between(FIRST_MS // 1000, LAST_MS // 1000)
    in_microseconds = value.is_between(FIRST_MS * 1000, LAST_MS * 1000)
    return pl.when(in_seconds).then(shown_time(value * 1000)).when(in_microseconds).then(shown_time(value // 1000))


RULE = Rule(
    code="HL-TIME-01",
    kinds=ALL_KINDS,
    layer=Layer.EXPECTATION,
    severity=Severity.ERROR,
    field="reported_at",
    norm="数据契约：时间为 UTC 毫秒",
    zh="报送时间 {value} 不在 2000 年至 2099 年之间",
    en="the time of reporting {value} is not between 2000 and 2099",
    mend_zh="按 UTC 毫秒填写报送时间，核对是否误用秒或微秒",
    mend_en="give the time in UTC milliseconds; check that it is not in seconds or microseconds",
    good={"reported_at": 1_795_140_300_000},
    bad={"reported_at": 1_795_140_300},
    expectation={
        "type": "expect_column_values_to_be_between",
        "kwargs": {"column": "reported_at", "min_value": FIRST_MS, "max_value": LAST_MS},
    },
    expected="2000-01-01 – 2099-12-31",
    suggest=lambda: rescaled("reported_at"),
)
