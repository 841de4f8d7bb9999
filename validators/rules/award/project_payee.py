"""The payee is the project's enterprise, unless the clause pays a provider, a park or a locality."""

from __future__ import annotations

import polars as pl

from validators.policy_columns import term
from validators.rule import Layer, Rule, Severity


def _broken() -> pl.Expr:
    return (term("payee_kind") == "enterprise") & (pl.col("payee") != pl.col("project__enterprise"))


def _expected() -> pl.Expr:
    return pl.col("project__enterprise")


RULE = Rule(
    code="AW-PROJECT-03",
    kinds=("award",),
    layer=Layer.REFERENCE,
    severity=Severity.WARNING,
    field="payee",
    norm="芜湖市2023年奖补政策审计：审核把关不严；政策各条的奖补对象",
    zh="受益单位 {value} 不是项目建设单位 {expected}",
    en="payee {value} is not the project's enterprise, {expected}",
    mend_zh="核对受益单位与项目代码",
    mend_en="check the payee and the project code",
    good={"project__enterprise": "91340100MA2MQ1232Q"},
    bad={"project__enterprise": "913402001490846601"},
    broken=_broken,
    needs=("project__enterprise",),
    expected=_expected,
)
