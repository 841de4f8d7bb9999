"""A limit ends on or after the day it begins."""

from __future__ import annotations

import polars as pl

from validators.finding import shown_date
from validators.rule import Layer, Rule, Severity


def _reversed() -> pl.Expr:
    return pl.element().struct.field("valid_to") < pl.element().struct.field("valid_from")


def _first(field: str) -> pl.Expr:
    days = pl.col("limits").list.eval(pl.element().struct.field(field).filter(_reversed().fill_null(False)))
    return shown_date(days.list.first())


RULE = Rule(
    code="RG-LIMIT-03",
    kinds=("registration",),
    layer=Layer.EXPECTATION,
    severity=Severity.ERROR,
    field="limits",
    norm="数据契约 registration/1（失效日期含当日）",
    zh="限值失效日期 {value} 早于生效日期 {expected}",
    en="a limit ends on {value}, before it begins on {expected}",
    mend_zh="核对生效、失效日期",
    mend_en="check both days",
    good={"limits": []},
    bad={
        "limits": [
            {
                "pollutant": "a21026",
                "value": 35.0,
                "unit": "mg/m3",
                "norm": None,
                "valid_from": 19723,
                "valid_to": 19722,
            }
        ]
    },
    broken=lambda: pl.col("limits").list.eval(_reversed()).list.any(),
    shown=lambda: _first("valid_to"),
    expected=lambda: _first("valid_from"),
    suggest=lambda: pl.format("valid_from = {}, valid_to = {}", _first("valid_to"), _first("valid_from")),
)
