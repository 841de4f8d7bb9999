"""A date asked for in an answer that does not ask for time has no effect."""

from __future__ import annotations

import polars as pl

from validators.rule import Layer, Rule, Severity

RULE = Rule(
    code="RS-UNTIL-03",
    kinds=("response",),
    layer=Layer.EXPECTATION,
    severity=Severity.INFO,
    field="requested_until",
    norm="数据契约 response/1",
    zh="非延期申请填写了延期日期 {value}，不产生效力",
    en="a date asked for, {value}, in an answer that does not ask for time: without effect",
    mend_zh="需要延期的，另报延期申请",
    mend_en="to ask for time, send a request for time",
    good={"action": "REPORT", "requested_until": None},
    bad={"action": "REPORT", "requested_until": 20_790},
    broken=lambda: (pl.col("action") != "REQUEST_TIME") & pl.col("requested_until").is_not_null(),
)
