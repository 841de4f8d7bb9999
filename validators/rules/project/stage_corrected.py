"""A correction of the same month that turns the stage back is loaded, and seen."""

from __future__ import annotations

import polars as pl

from validators.history import same_month, was
from validators.rule import Layer, Rule, Severity
from validators.transitions import PROJECT, forbidden


def _broken() -> pl.Expr:
    return same_month() & (was("stage") != "CANCELLED") & forbidden(PROJECT, "previous__stage", "stage")


def _expected() -> pl.Expr:
    return was("stage")


RULE = Rule(
    code="PJ-HISTORY-04",
    kinds=("project",),
    layer=Layer.HISTORY,
    severity=Severity.WARNING,
    field="stage",
    norm="省十三届人大四次会议第1002号建议答复（江苏，2021）：月度跟踪调度、滚动实施调整、项目储备管理",
    zh="更正使本月项目阶段由 {expected} 变为 {value}，不属于正常推进",
    en="a correction turns this month's stage from {expected} to {value}, which is no ordinary step",
    mend_zh="确属更正误报的无需处理，请在来源编号中注明依据",
    mend_en="nothing to do if it mends an error; give the reason in source_ref",
    good={"previous__revision": 1, "previous__month": "2026-10", "previous__stage": "STARTED"},
    bad={"previous__revision": 1, "previous__month": "2026-10", "previous__stage": "PRODUCING"},
    broken=_broken,
    needs=("previous__revision", "previous__month", "previous__stage"),
    expected=_expected,
)
