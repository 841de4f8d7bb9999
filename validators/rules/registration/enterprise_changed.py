"""The monitor moved to another enterprise: possible after a sale, and more often a mistyped MN. A warning."""

from __future__ import annotations

import polars as pl

from validators.rule import Layer, Rule, Severity

RULE = Rule(
    code="RG-HISTORY-01",
    kinds=("registration",),
    layer=Layer.HISTORY,
    severity=Severity.WARNING,
    field="enterprise",
    norm="数据契约 registration/1：MN 唯一标识一台设备",
    zh="设备原登记于单位 {expected}，现改为 {value}",
    en="the monitor was registered for {expected} and is now for {value}",
    mend_zh="确认设备确已移交；否则核对 MN 是否误填",
    mend_en="confirm that the monitor was handed over; otherwise check the MN",
    good={"enterprise": "91340100MA2MQ1232Q", "previous__enterprise": "91340100MA2MQ1232Q"},
    bad={"enterprise": "91340100MA2MQ1232Q", "previous__enterprise": "913402001490846601"},
    broken=lambda: pl.col("enterprise") != pl.col("previous__enterprise"),
    needs=("previous__enterprise",),
    expected=lambda: pl.col("previous__enterprise"),
)
