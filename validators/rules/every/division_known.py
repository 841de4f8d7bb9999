"""The code is, or was, a division of GB/T 2260.

Codes of development zones (34017x and the like) are codes of the statistical bureau, not of GB/T 2260: the event
belongs to the county-level unit that administers the zone.
"""

from __future__ import annotations

import polars as pl

from huiliu import division
from validators.rule import ALL_KINDS, Layer, Rule, Severity
from validators.rules.every.division_form import FORM


def broken() -> pl.Expr:
    """Six digits that never were a division."""
    code = pl.col("division")
    return code.str.contains(FORM) & ~code.is_in(pl.Series(list(division.intervals())).implode())


RULE = Rule(
    code="HL-DIV-02",
    kinds=ALL_KINDS,
    layer=Layer.JURISDICTION,
    severity=Severity.ERROR,
    field="division",
    norm="GB/T 2260-2007《中华人民共和国行政区划代码》及历次变更",
    zh="行政区划代码“{value}”从未出现在 GB/T 2260 中",
    en="the division code “{value}” never stood in GB/T 2260",
    mend_zh="核对代码；开发区等统计用区划请改用其所属县级行政区的代码",
    mend_en="check the code; for a development zone use the code of the county-level unit it belongs to",
    good={"division": "340104"},
    bad={"division": "340171"},
    broken=broken,
    expected="GB/T 2260",
)
