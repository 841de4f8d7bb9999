"""Months as text, ``YYYY-MM``, which compare as they follow each other, and days that are plausible. Asia/Shanghai."""

from __future__ import annotations

from datetime import date
from typing import Final

import polars as pl

from huiliu.period import shanghai_month

_EPOCH: Final = date(1970, 1, 1)
_FIRST_DAY: Final = (date(1990, 1, 1) - _EPOCH).days
_LAST_DAY: Final = (date(2099, 12, 31) - _EPOCH).days


def plausible_day(day: pl.Expr) -> pl.Expr:
    """Whether a day (since 1970-01-01) lies in the years 1990 to 2099; null where there is none."""
    return day.is_between(_FIRST_DAY, _LAST_DAY)


def reported_month() -> pl.Expr:
    """The month in which an event was reported; null outside the years 1 to 9999."""
    return shanghai_month(pl.col("reported_at")).cast(pl.Date).dt.strftime("%Y-%m")


def _of_quarter(period: pl.Expr, months: dict[str, str]) -> pl.Expr:
    return pl.concat_str(period.str.slice(0, 4), period.str.slice(5, 1).replace_strict(months, default=None))


def first_month(period: pl.Expr) -> pl.Expr:
    """First month of a period ``2026``, ``2026Q2`` or ``2026-05``; null for any other text."""
    quarter = _of_quarter(period, {"1": "-01", "2": "-04", "3": "-07", "4": "-10"})
    return _by_form(period, pl.concat_str(period, pl.lit("-01")), quarter)


def last_month(period: pl.Expr) -> pl.Expr:
    """Last month of a period; null as above."""
    quarter = _of_quarter(period, {"1": "-03", "2": "-06", "3": "-09", "4": "-12"})
    return _by_form(period, pl.concat_str(period, pl.lit("-12")), quarter)


def _by_form(period: pl.Expr, of_year: pl.Expr, of_quarter: pl.Expr) -> pl.Expr:
    form = period_form(period)
    return (
        pl.when(form == "year")
        .then(of_year)
        .when(form == "quarter")
        .then(of_quarter)
        .when(form == "month")
        .then(period)
    )


def period_form(period: pl.Expr) -> pl.Expr:
    """``year``, ``quarter`` or ``month``; null for any other text."""
    return (
        pl.when(period.str.contains("^[0-9]{4}$"))
        .then(pl.lit("year"))
        .when(period.str.contains("^[0-9]{4}Q[1-4]$"))
        .then(pl.lit("quarter"))
        .when(period.str.contains("^[0-9]{4}-(0[1-9]|1[0-2])$"))
        .then(pl.lit("month"))
    )
