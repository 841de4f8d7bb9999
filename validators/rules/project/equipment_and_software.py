"""Equipment and software together cost no more than the project."""

from __future__ import annotations

import polars as pl

from validators.amounts import LARGEST_FEN
from validators.rule import Layer, Rule, Severity


def _both() -> pl.Expr:
    return pl.sum_horizontal(pl.col("equipment_investment", "software_investment").clip(0, LARGEST_FEN))


def _broken() -> pl.Expr:
    return _both() > pl.col("planned_investment")


def _expected() -> pl.Expr:
    return _both()


def _difference() -> pl.Expr:
    return _both() - pl.col("planned_investment")


RULE = Rule(
    code="PJ-INVEST-06",
    kinds=("project",),
    layer=Layer.EXPECTATION,
    severity=Severity.WARNING,
    field="equipment_investment",
    norm=("支持以数字化转型推动制造业高端化智能化绿色化发展若干政策（安徽，2023）第一条：项目设备、工业软件购置额"),
    zh="设备投资与软件投资合计 {expected} 分，超过计划总投资 {difference} 分",
    en=("equipment and software together are {expected} fen, {difference} fen above the planned investment"),
    mend_zh="核对三项金额的单位与口径",
    mend_en="check the units and scope of the three amounts",
    good={
        "planned_investment": 100,
        "cumulative_investment": 100,
        "equipment_investment": 60,
        "software_investment": 40,
    },
    bad={
        "planned_investment": 100,
        "cumulative_investment": 100,
        "equipment_investment": 60,
        "software_investment": 41,
    },
    broken=_broken,
    expected=_expected,
    difference=_difference,
)
