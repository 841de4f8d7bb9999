"""The plan changes by less than a third of a stroke: more asks for an adjusted filing.

A factor of exactly ten thousand is a slip of units and has its own rule.
"""

from __future__ import annotations

from typing import Final

import polars as pl

from validators.amounts import slipped
from validators.history import superseding, was
from validators.rule import Layer, Rule, Severity

#: Per cent of the former plan.
CHANGE: Final = 30.0


def _change() -> pl.Expr:
    before = was("planned_investment")
    return pl.when(before > 0).then((pl.col("planned_investment") - before) / before * 100)


def _broken() -> pl.Expr:
    return superseding() & (_change().abs() > CHANGE) & ~slipped("planned_investment", "previous__planned_investment")


def _expected() -> pl.Expr:
    return was("planned_investment")


def _difference() -> pl.Expr:
    return _change().round(1)


RULE = Rule(
    code="PJ-HISTORY-07",
    kinds=("project",),
    layer=Layer.HISTORY,
    severity=Severity.WARNING,
    field="planned_investment",
    norm="省十三届人大四次会议第1002号建议答复（江苏，2021）：月度跟踪调度、滚动实施调整",
    zh="计划总投资由 {expected} 分变为 {value} 分，变动 {difference}%",
    en="planned investment changed from {expected} to {value} fen, by {difference} %",
    mend_zh="核对金额与单位；确属调整的请保存变更备案",
    mend_en="check amount and unit; keep the filing if the plan was adjusted",
    good={"previous__revision": 1, "previous__month": "2026-09", "previous__planned_investment": 10000000000},
    bad={"previous__revision": 1, "previous__month": "2026-09", "previous__planned_investment": 9000000000},
    broken=_broken,
    needs=("previous__revision", "previous__planned_investment"),
    expected=_expected,
    difference=_difference,
)
