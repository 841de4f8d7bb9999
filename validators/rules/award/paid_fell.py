"""What was paid stays paid, unless it is recovered."""

from __future__ import annotations

import polars as pl

from validators.history import superseding, was
from validators.rule import Layer, Rule, Severity


def _broken() -> pl.Expr:
    fell = pl.col("paid_amount").fill_null(0) < was("paid_amount")
    return superseding() & fell & (pl.col("status") != "RECOVERED")


def _expected() -> pl.Expr:
    return was("paid_amount")


def _difference() -> pl.Expr:
    return was("paid_amount") - pl.col("paid_amount").fill_null(0)


RULE = Rule(
    code="AW-HISTORY-04",
    kinds=("award",),
    layer=Layer.HISTORY,
    severity=Severity.WARNING,
    field="paid_amount",
    norm="数据契约 award/1",
    zh="已拨付金额由 {expected} 分降至 {value} 分，但状态不是追回",
    en="the amount paid fell from {expected} to {value} fen, but the status is not recovered",
    mend_zh="追回的状态改为追回；误报的注明依据",
    mend_en="if money came back, the status is recovered; say why if this mends an error",
    good={"previous__revision": 1, "previous__paid_amount": None},
    bad={"previous__revision": 1, "status": "PAID", "paid_on": 20400, "paid_amount": 100, "previous__paid_amount": 200},
    broken=_broken,
    needs=("previous__revision", "previous__paid_amount"),
    expected=_expected,
    difference=_difference,
)
