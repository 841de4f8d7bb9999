"""Nothing is paid while the award is only proposed or made public."""

from __future__ import annotations

import polars as pl

from validators.rule import Layer, Rule, Severity


def _broken() -> pl.Expr:
    return pl.col("status").is_in(("PROPOSED", "PUBLICISED")) & (pl.col("paid_amount") > 0)


def _expected() -> pl.Expr:
    return pl.col("status")


RULE = Rule(
    code="AW-PAID-04",
    kinds=("award",),
    layer=Layer.EXPECTATION,
    severity=Severity.WARNING,
    field="paid_amount",
    norm="数据契约 award/1：拟奖补、公示、批准、拨付、追回",
    zh="状态为 {expected}，却已拨付 {value} 分",
    en="the status is {expected}, yet {value} fen are paid",
    mend_zh="更新状态，或删去已拨付金额",
    mend_en="update the status, or leave out the amount paid",
    good={"status": "PUBLICISED", "paid_amount": None},
    bad={"status": "PUBLICISED", "paid_amount": 100},
    broken=_broken,
    expected=_expected,
)
