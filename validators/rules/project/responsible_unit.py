"""Someone answers for the project."""

from __future__ import annotations

import polars as pl

from validators.rule import Layer, Rule, Severity


def _broken() -> pl.Expr:
    return pl.col("responsible_unit").fill_null("").str.strip_chars().str.len_bytes() == 0


RULE = Rule(
    code="PJ-RESPONSIBLE-01",
    kinds=("project",),
    layer=Layer.EXPECTATION,
    severity=Severity.INFO,
    field="responsible_unit",
    norm="以数字化转型推动制造业高端化智能化绿色化发展实施方案（安徽，2023）：落实清单责任，实行闭环管理",
    zh="没有责任单位",
    en="no unit is responsible for the project",
    mend_zh="填报责任单位，以便督办直达",
    mend_en="name the responsible unit, so that directives reach it",
    good={"responsible_unit": "蜀山区经信局"},
    bad={"responsible_unit": None},
    broken=_broken,
)
