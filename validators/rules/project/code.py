"""The project code has one of its two national forms; anything else names no project."""

from __future__ import annotations

import polars as pl

from validators.project_codes import SHAPE, repaired
from validators.rule import Layer, Rule, Severity


def _suggest() -> pl.Expr:
    return repaired(pl.col("project_code"))


RULE = Rule(
    code="PJ-CODE-01",
    kinds=("project",),
    layer=Layer.EXPECTATION,
    severity=Severity.ERROR,
    field="project_code",
    norm="发改投资〔2020〕1439号；GB/T 40058-2021",
    zh="项目代码“{value}”不符合国家项目代码格式（{expected}）",
    en="“{value}” is not a national project code ({expected})",
    mend_zh="填报在线审批监管平台赋予的 24 位项目代码（含连字符）",
    mend_en="give the 24 characters, hyphens included, that the national approval platform assigned",
    good={"project_code": "2019-340104-39-03-000123"},
    bad={"project_code": "2013-340104-39-03-000123"},
    expectation={"type": "expect_column_values_to_match_regex", "kwargs": {"column": "project_code", "regex": SHAPE}},
    expected="4-6-2-2-6 位数字，首段为 2015 至 2020 年，或两位年两位月（2020 年起）",
    suggest=_suggest,
)
