"""A higher revision does not turn back to an earlier month: it would hide the later one."""

from __future__ import annotations

import polars as pl

from validators.history import superseding, was
from validators.rule import Layer, Rule, Severity


def _broken() -> pl.Expr:
    return superseding() & (pl.col("month") < was("month"))


def _expected() -> pl.Expr:
    return was("month")


RULE = Rule(
    code="PJ-HISTORY-05",
    kinds=("project",),
    layer=Layer.HISTORY,
    severity=Severity.WARNING,
    field="month",
    norm="省十三届人大四次会议第1002号建议答复（江苏，2021）：月度跟踪调度、滚动实施调整",
    zh="修订号更高，所报月份 {value} 却早于已报的 {expected}",
    en="a higher revision reports {value}, a month before {expected}, which is known",
    mend_zh="更正历史月份后，请再以更高修订号重报最新月份",
    mend_en="after correcting an earlier month, report the latest one again with a higher revision",
    good={"previous__revision": 1, "previous__month": "2026-09"},
    bad={"previous__revision": 1, "previous__month": "2026-11"},
    broken=_broken,
    needs=("previous__revision", "previous__month"),
    expected=_expected,
)
