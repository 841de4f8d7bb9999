"""An award's status changes along the table of transitions; only what was paid can be recovered."""

from __future__ import annotations

import polars as pl

from validators.history import superseding
from validators.rule import Layer, Rule, Severity
from validators.transitions import AWARD, following, forbidden


def _broken() -> pl.Expr:
    return superseding() & forbidden(AWARD, "previous__status", "status")


def _expected() -> pl.Expr:
    return following(AWARD, "previous__status")


RULE = Rule(
    code="AW-HISTORY-01",
    kinds=("award",),
    layer=Layer.HISTORY,
    severity=Severity.ERROR,
    field="status",
    norm="数据契约 award/1：拟奖补、公示、批准、拨付、追回",
    zh="状态不能变为 {value}，此前状态之后只能是：{expected}",
    en="the status cannot become {value}; what may follow the former one is {expected}",
    mend_zh="核对状态；确需撤回已批准事项的，金额更正为 0 并注明依据",
    mend_en="check the status; to withdraw what was approved, correct the amount to 0 and say why",
    good={"previous__revision": 1, "previous__status": "PROPOSED"},
    bad={"previous__revision": 1, "previous__status": "PAID"},
    broken=_broken,
    needs=("previous__revision", "previous__status"),
    expected=_expected,
)
