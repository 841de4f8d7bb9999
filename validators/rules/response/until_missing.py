"""A request for time says until when."""

from __future__ import annotations

import polars as pl

from validators.rule import Layer, Rule, Severity

RULE = Rule(
    code="RS-UNTIL-01",
    kinds=("response",),
    layer=Layer.EXPECTATION,
    severity=Severity.ERROR,
    field="requested_until",
    norm="数据契约 response/1；督办工作规则（延期须明确期限）",
    zh="申请延期未写明延期至何日",
    en="a request for time without the date asked for",
    mend_zh="填写申请延期至的日期",
    mend_en="give the date asked for",
    good={"action": "REQUEST_TIME", "requested_until": 20_790},
    bad={"action": "REQUEST_TIME", "requested_until": None},
    broken=lambda: (pl.col("action") == "REQUEST_TIME") & pl.col("requested_until").is_null(),
)
