"""Whether a figure is cumulative does not change with a correction."""

from __future__ import annotations

import polars as pl

from validators.history import superseding, was
from validators.rule import Layer, Rule, Severity


def _broken() -> pl.Expr:
    return superseding() & (pl.col("cumulative") != was("cumulative"))


def _expected() -> pl.Expr:
    return was("cumulative")


RULE = Rule(
    code="IN-HISTORY-03",
    kinds=("indicator",),
    layer=Layer.HISTORY,
    severity=Severity.WARNING,
    field="cumulative",
    norm="数据契约 indicator/1",
    zh="更正改变了是否累计的口径（此前为 {expected}）",
    en="a correction changes whether the value is cumulative (before: {expected})",
    mend_zh="核对口径；累计数与当期数不可混用",
    mend_en="check the scope; cumulative and current figures do not mix",
    good={"previous__revision": 1, "revision": 2, "previous__cumulative": False},
    bad={"previous__revision": 1, "revision": 2, "previous__cumulative": True},
    broken=_broken,
    needs=("previous__revision", "previous__cumulative"),
    expected=_expected,
)
