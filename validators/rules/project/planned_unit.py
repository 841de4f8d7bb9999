"""A plan ten thousand times as large or as small as before is yuan taken for ten-thousand yuan, or the reverse."""

from __future__ import annotations

import polars as pl

from validators.amounts import slipped, unslipped
from validators.history import superseding, was
from validators.rule import Layer, Rule, Severity


def _broken() -> pl.Expr:
    return superseding() & slipped("planned_investment", "previous__planned_investment")


def _expected() -> pl.Expr:
    return was("planned_investment")


def _suggest() -> pl.Expr:
    return unslipped("planned_investment", "previous__planned_investment")


RULE = Rule(
    code="PJ-UNIT-01",
    kinds=("project",),
    layer=Layer.HISTORY,
    severity=Severity.WARNING,
    field="planned_investment",
    norm="数据契约 project/1：金额为整数分",
    zh="计划总投资 {value} 分恰为此前 {expected} 分的一万倍或万分之一，疑为元与万元混用",
    en=(
        "planned investment of {value} fen is ten thousand times, or a ten-thousandth of, {expected} fen "
        "before: yuan and ten-thousand yuan were probably mixed up"
    ),
    mend_zh="核对单位，以更高修订号更正",
    mend_en="check the unit and correct it with a higher revision",
    good={"previous__revision": 1, "previous__month": "2026-09", "previous__planned_investment": 11000000000},
    bad={"previous__revision": 1, "previous__month": "2026-09", "previous__planned_investment": 1200000},
    broken=_broken,
    needs=("previous__revision", "previous__planned_investment"),
    expected=_expected,
    suggest=_suggest,
)
