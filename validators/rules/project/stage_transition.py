"""A project's stage changes along the table of transitions; nothing leaves CANCELLED."""

from __future__ import annotations

import polars as pl

from validators.history import later_month, superseding, was
from validators.rule import Layer, Rule, Severity
from validators.transitions import PROJECT, following, forbidden


def _broken() -> pl.Expr:
    revived = superseding() & (was("stage") == "CANCELLED")
    return (later_month() | revived) & forbidden(PROJECT, "previous__stage", "stage")


def _expected() -> pl.Expr:
    return following(PROJECT, "previous__stage")


RULE = Rule(
    code="PJ-HISTORY-03",
    kinds=("project",),
    layer=Layer.HISTORY,
    severity=Severity.ERROR,
    field="stage",
    norm="省十三届人大四次会议第1002号建议答复（江苏，2021）：月度跟踪调度、滚动实施调整、项目储备管理",
    zh="项目阶段不能变为 {value}，此前阶段之后只能是：{expected}",
    en="the stage cannot become {value}; what may follow the former one is {expected}",
    mend_zh="核对项目阶段；上月误报的，先以更高修订号更正上月；已取消的项目须以新代码重新入库",
    mend_en=(
        "check the stage; if last month was wrong, correct it first with a higher revision; a cancelled "
        "project comes back under a new code"
    ),
    good={"previous__revision": 1, "previous__month": "2026-09", "previous__stage": "STOPPED"},
    bad={"previous__revision": 1, "previous__month": "2026-09", "previous__stage": "PRODUCING"},
    broken=_broken,
    needs=("previous__revision", "previous__month", "previous__stage"),
    expected=_expected,
)
