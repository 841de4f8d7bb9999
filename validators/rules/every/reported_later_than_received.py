"""Nothing is reported after it was received: ten minutes are allowed for a clock that runs ahead."""

from __future__ import annotations

from typing import Final

import polars as pl

from validators.finding import shown_time
from validators.rule import ALL_KINDS, Layer, Rule, Severity

CLOCK_TOLERANCE_MS: Final = 600_000

_EIGHT_HOURS_MS = 8 * 3_600_000


def suggest() -> pl.Expr:
    """Eight hours less, where that is just before the receipt: Chinese standard time was taken for UTC."""
    meant = pl.col("reported_at") - _EIGHT_HOURS_MS
    just_before = meant.is_between(
        pl.col("received_at") - _EIGHT_HOURS_MS // 8, pl.col("received_at") + CLOCK_TOLERANCE_MS
    )
    return pl.when(just_before).then(shown_time(meant))


RULE = Rule(
    code="HL-TIME-02",
    kinds=ALL_KINDS,
    layer=Layer.EXPECTATION,
    severity=Severity.ERROR,
    field="reported_at",
    norm="数据契约：报送时间不得晚于接收时间 10 分钟以上",
    zh="报送时间 {value} 晚于接收时间 {expected}，超出 10 分钟",
    en="the time of reporting {value} is more than ten minutes after the time of receipt {expected}",
    mend_zh="校准报送系统时钟（UTC），核对时区换算后重报",
    mend_en="set the publishing system's clock (UTC), check the time zone and report again",
    good={"reported_at": 1_795_140_300_000, "received_at": 1_795_140_300_000},
    bad={"reported_at": 1_795_140_900_001, "received_at": 1_795_140_300_000},
    broken=lambda: pl.col("reported_at") > pl.col("received_at") + CLOCK_TOLERANCE_MS,
    needs=("received_at",),
    expected=lambda: shown_time(pl.col("received_at")),
    difference=lambda: pl.format("{} s", (pl.col("reported_at") - pl.col("received_at")) // 1000),
    suggest=suggest,
)
