"""What is paid has a date of payment."""

from __future__ import annotations

import polars as pl

from validators.rule import Layer, Rule, Severity


def _broken() -> pl.Expr:
    return (pl.col("status") == "PAID") & pl.col("paid_on").is_null()


RULE = Rule(
    code="AW-PAID-03",
    kinds=("award",),
    layer=Layer.EXPECTATION,
    severity=Severity.ERROR,
    field="paid_on",
    norm="数据契约 award/1",
    zh="状态为拨付，但没有拨付日期",
    en="the status is paid, but there is no date of payment",
    mend_zh="填报国库支付日期",
    mend_en="give the day on which the treasury paid",
    good={"status": "PAID", "paid_on": 20400, "paid_amount": 100},
    bad={"status": "PAID", "paid_amount": 100},
    broken=_broken,
)
