"""A project rarely changes hands."""

from __future__ import annotations

import polars as pl

from validators.history import superseding, was
from validators.rule import Layer, Rule, Severity


def _broken() -> pl.Expr:
    return superseding() & (pl.col("enterprise") != was("enterprise"))


def _expected() -> pl.Expr:
    return was("enterprise")


RULE = Rule(
    code="PJ-HISTORY-06",
    kinds=("project",),
    layer=Layer.HISTORY,
    severity=Severity.WARNING,
    field="enterprise",
    norm="省十三届人大四次会议第1002号建议答复（江苏，2021）：投资风险评估",
    zh="建设单位由 {expected} 变为 {value}",
    en="the enterprise changed from {expected} to {value}",
    mend_zh="确属变更的请保存变更备案；误报的以更高修订号更正",
    mend_en="keep the filing of the change; if mistaken, correct it with a higher revision",
    good={"previous__revision": 1, "previous__month": "2026-09", "previous__enterprise": "91340100MA2MQ1232Q"},
    bad={"previous__revision": 1, "previous__month": "2026-09", "previous__enterprise": "913402001490846601"},
    broken=_broken,
    needs=("previous__revision", "previous__enterprise"),
    expected=_expected,
)
