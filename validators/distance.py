"""How far a value is from what was expected, where the expectation says it: bounds, and one field before another."""

from __future__ import annotations

from typing import Any, Final

import polars as pl

from validators.columns import column_types, logical_types
from validators.rule import Rule

_NONE: Final = pl.lit(None)

#: Digits that a difference of measured values keeps: what binary fractions add is no difference.
_DIGITS: Final = 9


def distance(rule: Rule, kind: str) -> pl.Expr:
    """The value less the bound it crossed, or less the field it should not fall below; days of dates; else null."""
    if rule.expectation is None:
        return _NONE
    kwargs = rule.expectation["kwargs"]
    if rule.expectation["type"] == "expect_column_values_to_be_between":
        return _beyond(kwargs, kind)
    if rule.expectation["type"] == "expect_column_pair_values_a_to_be_greater_than_b":
        return _apart(rule, kwargs, kind)
    return _NONE


def _beyond(kwargs: dict[str, Any], kind: str) -> pl.Expr:
    column = kwargs["column"]
    if not column_types(kind)[column].is_numeric() or column in logical_types(kind):
        return _NONE
    value, low, high = pl.col(column), kwargs.get("min_value"), kwargs.get("max_value")
    below = pl.when(value < low).then(value - low) if low is not None else _NONE
    above = pl.when(value > high).then(value - high) if high is not None else _NONE
    return _rounded(pl.coalesce(below, above), column, kind)


def _apart(rule: Rule, kwargs: dict[str, Any], kind: str) -> pl.Expr:
    """The field at fault less the other one."""
    first, second = kwargs["column_A"], kwargs["column_B"]
    other = second if rule.field == first else first
    told = {logical_types(kind).get(name) for name in (first, second)}
    if "timestamp-millis" in told or not column_types(kind)[first].is_numeric():
        return _NONE
    return _rounded(pl.col(rule.field) - pl.col(other), rule.field, kind)


def _rounded(value: pl.Expr, column: str, kind: str) -> pl.Expr:
    return value.round_sig_figs(_DIGITS) if column_types(kind)[column].is_float() else value
