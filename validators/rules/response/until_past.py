"""Time is asked for a day to come: not before the day of reporting, in Shanghai."""

from __future__ import annotations

import polars as pl

from huiliu.period import shanghai_day
from validators.finding import shown_date
from validators.rule import Layer, Rule, Severity

RULE = Rule(
    code="RS-UNTIL-02",
    kinds=("response",),
    layer=Layer.EXPECTATION,
    severity=Severity.ERROR,
    field="requested_until",
    norm="数据契约 response/1",
    zh="申请延期至 {value}，早于报送日 {expected}",
    en="time is asked for until {value}, before the day of reporting {expected}",
    mend_zh="填写报送日之后的日期",
    mend_en="give a day after that of reporting",
    good={"action": "REQUEST_TIME", "requested_until": 20_790},
    bad={"action": "REQUEST_TIME", "requested_until": 20_000},
    broken=lambda: pl.col("requested_until") < shanghai_day(pl.col("reported_at")),
    expected=lambda: shown_date(shanghai_day(pl.col("reported_at"))),
)
