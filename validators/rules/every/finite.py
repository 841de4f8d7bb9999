"""Numbers are finite. NaN and infinities are legal in Avro, but no sum that holds one can be checked again."""

from __future__ import annotations

import polars as pl

from validators.rule import Layer, Rule, Severity


def broken(number: pl.Expr) -> pl.Expr:
    """NaN, or an infinity."""
    return ~number.is_finite()


RULE = Rule(
    code="HL-FINITE-01",
    kinds=("reading", "registration", "project", "indicator"),
    layer=Layer.EXPECTATION,
    severity=Severity.ERROR,
    field="average",
    norm="IEEE 754；数据契约：数值必须有限",
    zh="“{field}”不是有限的数：{value}",
    en="“{field}” is not a finite number: {value}",
    mend_zh="无数据时留空（null），不要填 NaN 或无穷大",
    mend_en="leave the field empty (null) where there is no value; never NaN or an infinity",
    good={"average": 18.4},
    bad={"average": float("nan")},
    each="number",
    broken_field=broken,
)
