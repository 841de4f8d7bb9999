"""The actual completion lies between 1990 and 2099; other dates are defaults or slips."""

from __future__ import annotations

import polars as pl

from validators.months import plausible_day
from validators.rule import Layer, Rule, Severity


def _broken() -> pl.Expr:
    return ~plausible_day(pl.col("actual_completion"))


RULE = Rule(
    code="PJ-DATE-06",
    kinds=("project",),
    layer=Layer.EXPECTATION,
    severity=Severity.ERROR,
    field="actual_completion",
    norm="数据契约 project/1",
    zh="实际竣工日期 {value} 不合常理（{expected}）",
    en="actual completion {value} is not plausible ({expected})",
    mend_zh="填报真实日期，没有的留空，不用默认值",
    mend_en="give the true date or leave it empty; no default values",
    good={"actual_completion": None},
    bad={"actual_completion": 0},
    broken=_broken,
    expected="1990-01-01 至 2099-12-31",
)
