"""An event counts only if its division lies within its publisher's (DESIGN invariant 4).

The publisher is the division of the topic that the event came by, which access control ties to its credentials. What
lies within is told by the code alone: 34 within 340000, 3401 within 340100.
"""

from __future__ import annotations

import polars as pl

from huiliu import division
from validators.distinct import replaced_text
from validators.rule import ALL_KINDS, Layer, Rule, Severity


def broken() -> pl.Expr:
    """Another province, city or county than the publisher's."""
    return outside(pl.col("division"))


def outside(code: pl.Expr) -> pl.Expr:
    """Whether a division lies outside the publisher's. Numbers compare faster than texts."""
    publisher = pl.col("publisher").cast(pl.UInt32, strict=False)
    own = code.cast(pl.UInt32, strict=False)
    span = pl.when(publisher % 10_000 == 0).then(10_000).when(publisher % 100 == 0).then(100).otherwise(1)
    return own // span != publisher // span


def moved() -> pl.Expr:
    """The successor of a retired code, where that lies within the publisher's: counties that went to another city."""
    after = replaced_text("division", division.successor)
    return pl.when(~outside(after)).then(after)


RULE = Rule(
    code="HL-JUR-01",
    kinds=ALL_KINDS,
    layer=Layer.JURISDICTION,
    severity=Severity.ERROR,
    field="division",
    norm="数据契约：报送单位只能报送本行政区域内的事项",
    zh="行政区划“{value}”不在报送单位（{expected}）辖区内",
    en="the division “{value}” lies outside the publisher's own ({expected})",
    mend_zh="由该行政区划所属的报送单位报送，或改正行政区划代码",
    mend_en="let the publisher of that division report it, or correct the division code",
    good={"division": "340104", "publisher": "340100"},
    bad={"division": "340202", "publisher": "340100"},
    broken=broken,
    needs=("publisher",),
    expected=lambda: pl.col("publisher"),
    suggest=moved,
)
