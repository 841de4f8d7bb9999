"""Variance gone flat (波动异常消失): the values still differ, but hardly, unlike this outlet's own days before.

A day's deviation (standard deviation of its hours, at least 20) is held against the median of the outlet's and
factor's own last ``learn`` judged days: a median, so that flat days are not learnt from until they are half of them.
``days`` such days in a row stand until a day that varies again.
"""

from __future__ import annotations

from datetime import datetime
from math import ceil
from typing import Final

import polars as pl

from oversight.monitors.day import days
from oversight.monitors.declared import running
from oversight.monitors.reading import KEY
from oversight.monitors.spans import merged, minus, runs

#: Days that must have been judged before one can be called flat.
LEAST_LEARNT: Final = 14


def flat(
    readings: pl.DataFrame, declarations: pl.DataFrame, before: datetime, *, share: float, in_row: float, learn: float
) -> pl.DataFrame:
    """Spans of flat days by what was known before a moment.

    ``share``: per cent of the usual deviation below which a day is flat; ``in_row``, ``learn``: days. Columns:
    ``outlet``, ``pollutant``, ``opens``, ``closes``, ``left`` (per cent of the usual deviation, of the last flat day),
    ``deviation``, ``usual``, ``start``, ``revision``, ``from`` (first moment of that day).
    """
    told = days(readings, before, 0.0)
    usual = pl.col("deviation").shift().rolling_median(ceil(learn), min_samples=LEAST_LEARNT).over(KEY)
    told = told.with_columns(usual=usual)
    low = (pl.col("deviation") < pl.col("usual") * (share / 100)).fill_null(value=False)
    flat = low.cast(pl.Int32).rolling_min(ceil(in_row), min_samples=ceil(in_row)).over(KEY).fill_null(0) == 1
    told = told.with_columns(flat=flat, left=(100 * pl.col("deviation") / pl.col("usual")).round(2))
    found = runs(told, KEY, "flat", "known")
    last = told.select("left", "deviation", "usual", "start", "revision")[found["last"]]
    intervals = pl.concat([found, last], how="horizontal").with_row_index("id")
    cut = minus(intervals, running(intervals, declarations, before))
    names = ("left", "deviation", "usual", "start", "revision")
    return merged(cut, KEY, *(pl.col(name).last() for name in names)).with_columns(pl.col("start").alias("from"))
