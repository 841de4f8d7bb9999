"""A period starts on its boundary: a minute on the minute, an hour on the hour, a day at midnight in Shanghai.

DataTime of minute, hour and day data is the start of the interval. The start is part of the key, so a start that
wanders would make two facts of one. Real-time data carry the moment itself.
"""

from __future__ import annotations

from typing import Final

import polars as pl

from huiliu.period import DAY_MS, HOUR_MS
from validators.finding import shown_time
from validators.rule import Layer, Rule, Severity

_MINUTE_MS: Final = 60_000
_SHANGHAI_MS: Final = 8 * HOUR_MS


def _length() -> pl.Expr:
    """Length of the period, one millisecond for real-time data."""
    period = pl.col("period")
    return (
        pl.when(period == "HOUR")
        .then(HOUR_MS)
        .when(period == "MINUTE")
        .then(_MINUTE_MS)
        .when(period == "DAY")
        .then(DAY_MS)
        .otherwise(1)
    )


def boundary() -> pl.Expr:
    """The boundary at or before the start, UTC milliseconds."""
    local = pl.col("start") + _SHANGHAI_MS
    return local - local % _length() - _SHANGHAI_MS


RULE = Rule(
    code="RD-START-01",
    kinds=("reading",),
    layer=Layer.EXPECTATION,
    severity=Severity.ERROR,
    field="start",
    norm="HJ 212-2017（DataTime 为时段起始时间）",
    zh="时段起始 {value} 不在整分、整时或零时上",
    en="the start {value} is not on the minute, the hour or midnight as its period wants",
    mend_zh="分钟数据取整分，小时数据取整时，日数据取北京时间零时",
    mend_en="minute data start on the minute, hour data on the hour, day data at midnight Beijing time",
    good={"period": "DAY", "start": 1_795_017_600_000, "reported_at": 1_795_140_300_000},
    bad={"period": "DAY", "start": 1_795_046_400_000},
    broken=lambda: pl.col("start") != boundary(),
    expected=lambda: shown_time(boundary()),
    suggest=lambda: shown_time(boundary()),
)
