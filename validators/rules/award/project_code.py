"""Where a project is named, it is by one of the two national forms of its code."""

from __future__ import annotations

import polars as pl

from validators.project_codes import SHAPE, repaired
from validators.rule import Layer, Rule, Severity


def _suggest() -> pl.Expr:
    return repaired(pl.col("project_code"))


RULE = Rule(
    code="AW-PROJECT-01",
    kinds=("award",),
    layer=Layer.EXPECTATION,
    severity=Severity.ERROR,
    field="project_code",
    norm="发改投资〔2020〕1439号；GB/T 40058-2021",
    zh="项目代码“{value}”不符合国家项目代码格式（{expected}）",
    en="“{value}” is not a national project code ({expected})",
    mend_zh="填报 24 位项目代码（含连字符）；不针对项目的奖补留空",
    mend_en="give the 24 characters, hyphens included; leave it empty where the award is for no project",
    good={"project_code": None},
    bad={"project_code": "2503-340104-07-02"},
    expectation={"type": "expect_column_values_to_match_regex", "kwargs": {"column": "project_code", "regex": SHAPE}},
    expected="4-6-2-2-6 位数字，首段为 2015 至 2020 年，或两位年两位月（2020 年起）",
    suggest=_suggest,
)
