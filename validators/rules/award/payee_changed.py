"""An award that was approved for one payee does not go to another."""

from __future__ import annotations

import polars as pl

from validators.history import superseding, was
from validators.rule import Layer, Rule, Severity


def _broken() -> pl.Expr:
    settled = was("status").is_in(("APPROVED", "PAID", "RECOVERED"))
    return superseding() & settled & (pl.col("payee") != was("payee"))


def _expected() -> pl.Expr:
    return was("payee")


RULE = Rule(
    code="AW-HISTORY-03",
    kinds=("award",),
    layer=Layer.HISTORY,
    severity=Severity.WARNING,
    field="payee",
    norm="芜湖市2023年奖补政策审计：审核把关不严",
    zh="批准之后受益单位由 {expected} 变为 {value}",
    en="after approval the payee changed from {expected} to {value}",
    mend_zh="确属更名或更正的请注明依据",
    mend_en="say why if this is a renaming or a correction",
    good={"previous__revision": 1, "previous__status": "APPROVED", "previous__payee": "91340100MA2MQ1232Q"},
    bad={"previous__revision": 1, "previous__status": "APPROVED", "previous__payee": "913402001490846601"},
    broken=_broken,
    needs=("previous__revision", "previous__status", "previous__payee"),
    expected=_expected,
)
