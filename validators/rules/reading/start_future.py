"""Nothing is measured in the future: a period has begun when its reading arrives. Clocks in 2040 are seen."""

from __future__ import annotations

import polars as pl

from validators.finding import shown_time
from validators.rule import Layer, Rule, Severity
from validators.rules.every.reported_later_than_received import CLOCK_TOLERANCE_MS

RULE = Rule(
    code="RD-START-02",
    kinds=("reading",),
    layer=Layer.EXPECTATION,
    severity=Severity.ERROR,
    field="start",
    norm="HJ 212-2017（DataTime）；数据契约：时段起始不得晚于接收时间 10 分钟以上",
    zh="时段起始 {value} 晚于接收时间 {expected}",
    en="the start {value} is after the time of receipt {expected}",
    mend_zh="校准现场机时钟（HJ 212 命令 1012）后重报",
    mend_en="set the field machine's clock (HJ 212 command 1012) and report again",
    good={"period": "REALTIME", "start": 1_795_140_300_000, "received_at": 1_795_140_302_000},
    bad={"period": "REALTIME", "start": 1_795_140_902_001, "received_at": 1_795_140_302_000},
    broken=lambda: pl.col("start") > pl.col("received_at") + CLOCK_TOLERANCE_MS,
    needs=("received_at",),
    expected=lambda: shown_time(pl.col("received_at")),
)
