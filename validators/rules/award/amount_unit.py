"""An amount ten thousand times as large or as small as before is yuan taken for ten-thousand yuan, or the reverse."""

from __future__ import annotations

import polars as pl

from validators.amounts import slipped, unslipped
from validators.history import superseding, was
from validators.rule import Layer, Rule, Severity


def _broken() -> pl.Expr:
    return superseding() & slipped("amount", "previous__amount")


def _expected() -> pl.Expr:
    return was("amount")


def _suggest() -> pl.Expr:
    return unslipped("amount", "previous__amount")


RULE = Rule(
    code="AW-UNIT-01",
    kinds=("award",),
    layer=Layer.HISTORY,
    severity=Severity.WARNING,
    field="amount",
    norm="数据契约 award/1：金额为整数分",
    zh="奖补金额 {value} 分恰为此前 {expected} 分的一万倍或万分之一，疑为元与万元混用",
    en=(
        "amount of {value} fen is ten thousand times, or a ten-thousandth of, {expected} fen before: "
        "yuan and ten-thousand yuan were probably mixed up"
    ),
    mend_zh="核对单位，以更高修订号更正",
    mend_en="check the unit and correct it with a higher revision",
    good={"previous__revision": 1, "previous__amount": 300000000},
    bad={"previous__revision": 1, "amount": 40000, "previous__amount": 400000000},
    broken=_broken,
    needs=("previous__revision", "previous__amount"),
    expected=_expected,
    suggest=_suggest,
)
