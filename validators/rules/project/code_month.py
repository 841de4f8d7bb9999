"""A code is given before the project is reported: its year or month is not after the month reported."""

from __future__ import annotations

import polars as pl

from validators.project_codes import given_month
from validators.rule import Layer, Rule, Severity


def _broken() -> pl.Expr:
    return given_month(pl.col("project_code")) > pl.col("month")


def _expected() -> pl.Expr:
    return pl.col("month")


RULE = Rule(
    code="PJ-CODE-03",
    kinds=("project",),
    layer=Layer.EXPECTATION,
    severity=Severity.WARNING,
    field="project_code",
    norm="发改投资〔2020〕1439号：代码首段为赋码时间",
    zh="项目代码“{value}”的赋码时间晚于所报月份 {expected}",
    en="project code “{value}” was given after the month reported, {expected}",
    mend_zh="核对项目代码首段（年月）与所报月份",
    mend_en="check the first group of the code (year and month) against the month",
    good={"project_code": "2610-340104-07-02-381526"},
    bad={"project_code": "2611-340104-07-02-381526"},
    broken=_broken,
    expected=_expected,
)
