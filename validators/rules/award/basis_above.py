"""The basis is not above what the project reports: equipment, equipment and software, or all that was invested.

Which of them counts is the clause's to say; interest is not reported with projects and is not judged.
"""

from __future__ import annotations

import polars as pl

from validators.amounts import LARGEST_FEN
from validators.policy_columns import term
from validators.rule import Layer, Rule, Severity


def _reported() -> pl.Expr:
    kind = term("basis_kind")
    equipment, software, invested = (
        pl.col(f"project__{part}_investment").clip(0, LARGEST_FEN) for part in ("equipment", "software", "cumulative")
    )
    return (
        pl.when(kind == "equipment")
        .then(equipment)
        .when(kind == "equipment+software")
        .then(equipment + software.fill_null(0))
        .when(kind == "investment")
        .then(invested)
    )


def _broken() -> pl.Expr:
    return pl.col("basis") > _reported()


def _difference() -> pl.Expr:
    return pl.col("basis") - _reported()


RULE = Rule(
    code="AW-BASIS-02",
    kinds=("award",),
    layer=Layer.REFERENCE,
    severity=Severity.WARNING,
    field="basis",
    norm=(
        "支持以数字化转型推动制造业高端化智能化绿色化发展若干政策（安徽，2023）第一、九条：项目设备、"
        "工业软件购置额，实际投资规模"
    ),
    zh="计算基数 {value} 分超过项目报送的 {expected} 分，多 {difference} 分",
    en="basis of {value} fen is above the {expected} fen the project reports, by {difference} fen",
    mend_zh="核对计算基数，或更新项目的设备、软件与累计投资",
    mend_en="check the basis, or update the project's equipment, software and cumulative investment",
    good={"project__equipment_investment": 3500000000, "project__software_investment": 500000000},
    bad={"project__equipment_investment": 3500000000, "project__software_investment": 499999999},
    broken=_broken,
    needs=("project__equipment_investment", "project__software_investment", "project__cumulative_investment"),
    expected=_reported,
    difference=_difference,
)
