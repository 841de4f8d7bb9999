"""The code was given in a division that has to do with the event's.

The division in a code is that of application and stays for life, so former codes, the city's and province's own codes,
development zones and central codes are all within reach: only a warning even beyond.
"""

from __future__ import annotations

import polars as pl

from validators.project_codes import out_of_reach
from validators.rule import Layer, Rule, Severity


def _broken() -> pl.Expr:
    return out_of_reach(pl.col("project_code"), pl.col("division"))


def _expected() -> pl.Expr:
    return pl.col("division")


RULE = Rule(
    code="PJ-CODE-02",
    kinds=("project",),
    layer=Layer.JURISDICTION,
    severity=Severity.WARNING,
    field="project_code",
    norm="GB/T 40058-2021；GB/T 2260",
    zh="项目代码“{value}”中的行政区划与报送区划 {expected} 无隶属关系",
    en=("the division in project code “{value}” has nothing to do with {expected}, for which it is reported"),
    mend_zh="核对项目代码与报送区划；项目确已迁入的，请在来源编号中说明",
    mend_en="check the project code against the division; if the project did move here, say so in source_ref",
    good={"project_code": "2103-340100-07-02-381526"},
    bad={"project_code": "2103-320102-07-02-381526"},
    broken=_broken,
    expected=_expected,
)
