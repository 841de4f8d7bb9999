"""Where one is paid, it is said who: without a credit code nobody can see sums stacked on one payee."""

from __future__ import annotations

import polars as pl

from validators.rule import Layer, Rule, Severity


def _broken() -> pl.Expr:
    return (pl.col("payee_count") == 1) & pl.col("payee").is_null()


RULE = Rule(
    code="AW-PAYEE-05",
    kinds=("award",),
    layer=Layer.EXPECTATION,
    severity=Severity.WARNING,
    field="payee",
    norm="数据契约 award/1",
    zh="只有一家受益单位，却没有其统一社会信用代码",
    en="a single payee, but no credit code of it",
    mend_zh="补报受益单位统一社会信用代码；只知名称的可由名称查询",
    mend_en="give the payee's credit code; it can be looked up by name",
    good={"payee": None, "payee_count": 12},
    bad={"payee": None},
    broken=_broken,
)
