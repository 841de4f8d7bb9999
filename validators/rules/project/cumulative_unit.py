"""Investment completed that is ten to twenty thousand times as large or as small as before: units were mixed up.

Up to a doubling is allowed for, because the amount grows every month.
"""

from __future__ import annotations

from typing import Final

import polars as pl

from validators.amounts import slipped, unslipped
from validators.history import superseding, was
from validators.rule import Layer, Rule, Severity

#: How many times as much may have been invested since.
GROWTH: Final = 2


def _broken() -> pl.Expr:
    return superseding() & slipped("cumulative_investment", "previous__cumulative_investment", GROWTH)


def _expected() -> pl.Expr:
    return was("cumulative_investment")


def _suggest() -> pl.Expr:
    return unslipped("cumulative_investment", "previous__cumulative_investment", GROWTH)


RULE = Rule(
    code="PJ-UNIT-02",
    kinds=("project",),
    layer=Layer.HISTORY,
    severity=Severity.WARNING,
    field="cumulative_investment",
    norm="数据契约 project/1：金额为整数分",
    zh="累计完成投资 {value} 分约为此前 {expected} 分的一万倍或万分之一，疑为元与万元混用",
    en=(
        "cumulative investment of {value} fen is about ten thousand times, or a ten-thousandth of, "
        "{expected} fen before: yuan and ten-thousand yuan were probably mixed up"
    ),
    mend_zh="核对单位，以更高修订号更正",
    mend_en="check the unit and correct it with a higher revision",
    good={"previous__revision": 1, "previous__month": "2026-09", "previous__cumulative_investment": 7000000000},
    bad={"previous__revision": 1, "previous__month": "2026-09", "previous__cumulative_investment": 600000},
    broken=_broken,
    needs=("previous__revision", "previous__cumulative_investment"),
    expected=_expected,
    suggest=_suggest,
)
