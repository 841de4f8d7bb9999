"""An amount that was approved is not raised afterwards."""

from __future__ import annotations

import polars as pl

from validators.history import superseding, was
from validators.rule import Layer, Rule, Severity


def _broken() -> pl.Expr:
    settled = was("status").is_in(("APPROVED", "PAID", "RECOVERED"))
    return superseding() & settled & (pl.col("amount") > was("amount"))


def _expected() -> pl.Expr:
    return was("amount")


def _difference() -> pl.Expr:
    return pl.col("amount") - was("amount")


RULE = Rule(
    code="AW-HISTORY-02",
    kinds=("award",),
    layer=Layer.HISTORY,
    severity=Severity.WARNING,
    field="amount",
    norm="数据契约 award/1：拟奖补、公示、批准、拨付、追回；芜湖市2023年奖补政策审计：审核把关不严",
    zh="批准之后金额由 {expected} 分增至 {value} 分，增加 {difference} 分",
    en="after approval the amount rose from {expected} to {value} fen, by {difference} fen",
    mend_zh="追加的应另行批准并另报编号；误报的注明依据",
    mend_en="approve and number an addition on its own; say why if this mends an error",
    good={"previous__revision": 1, "previous__status": "PUBLICISED", "previous__amount": 300000000},
    bad={"previous__revision": 1, "previous__status": "APPROVED", "previous__amount": 300000000},
    broken=_broken,
    needs=("previous__revision", "previous__status", "previous__amount"),
    expected=_expected,
    difference=_difference,
)
