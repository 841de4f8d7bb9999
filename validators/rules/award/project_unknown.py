"""A project that is named is one that was reported."""

from __future__ import annotations

import polars as pl

from validators.rule import Layer, Rule, Severity


def _broken() -> pl.Expr:
    return pl.col("project_code").is_not_null() & ~pl.col("project__known").fill_null(False)


RULE = Rule(
    code="AW-PROJECT-02",
    kinds=("award",),
    layer=Layer.REFERENCE,
    severity=Severity.WARNING,
    field="project_code",
    norm="省重大工业项目管理服务平台：项目储备管理",
    zh="项目 {value} 未报送过",
    en="project {value} has never been reported",
    mend_zh="先报送项目事项，或核对项目代码",
    mend_en="report the project first, or check its code",
    good={"project__known": True},
    bad={"project__known": False},
    broken=_broken,
    needs=("project__known",),
)
