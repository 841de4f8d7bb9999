"""What is paid has an amount paid."""

from __future__ import annotations

import polars as pl

from validators.rule import Layer, Rule, Severity


def _broken() -> pl.Expr:
    paid = pl.col("paid_amount").fill_null(0)
    return (pl.col("status") == "PAID") & (paid == 0) & (pl.col("amount") > 0)


RULE = Rule(
    code="AW-PAID-02",
    kinds=("award",),
    layer=Layer.EXPECTATION,
    severity=Severity.ERROR,
    field="paid_amount",
    norm="数据契约 award/1",
    zh="状态为拨付，但没有已拨付金额",
    en="the status is paid, but there is no amount paid",
    mend_zh="填报已拨付金额；尚未拨付的状态仍为批准",
    mend_en="give the amount paid; what is not yet paid is still approved",
    good={"status": "PAID", "paid_on": 20400, "paid_amount": 100},
    bad={"status": "PAID", "paid_on": 20400},
    broken=_broken,
)
