"""An award is made public before it is paid, also where no date of approval is given."""

from __future__ import annotations

import polars as pl

from validators.finding import shown_date
from validators.rule import Layer, Rule, Severity


def _broken() -> pl.Expr:
    return pl.col("approved_on").is_null() & (pl.col("paid_on") < pl.col("publicised_on"))


def _expected() -> pl.Expr:
    return shown_date(pl.col("publicised_on"))


RULE = Rule(
    code="AW-DATE-03",
    kinds=("award",),
    layer=Layer.EXPECTATION,
    severity=Severity.ERROR,
    field="paid_on",
    norm="数据契约 award/1：拟奖补、公示、批准、拨付、追回",
    zh="拨付日期 {value} 早于公示日期 {expected}",
    en="paid on {value}, before it was made public on {expected}",
    mend_zh="核对两个日期，可能填反",
    mend_en="check both dates; they may be swapped",
    good={"paid_on": 20345},
    bad={"paid_on": 20331, "approved_on": None},
    broken=_broken,
    expected=_expected,
)
