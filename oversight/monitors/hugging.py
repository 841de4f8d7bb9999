"""Values that hug the limit (数值紧贴限值): just under it, most of the time, never over.

Of the hours of the last ``in_row`` judged days (days with 20 hours that count) the share within ``within`` per cent
under the limit; it stands from ``share`` per cent on, until a window has less.
"""

from __future__ import annotations

from datetime import datetime
from math import ceil

import polars as pl

from oversight.monitors.day import days
from oversight.monitors.declared import running
from oversight.monitors.reading import KEY
from oversight.monitors.spans import merged, minus, runs


def hugging(
    readings: pl.DataFrame, declarations: pl.DataFrame, before: datetime, *, within: float, share: float, in_row: float
) -> pl.DataFrame:
    """Spans of hugging by what was known before a moment; ``within`` and ``share`` in per cent, ``in_row`` in days.

    Columns: ``outlet``, ``pollutant``, ``opens``, ``closes``, ``near`` (per cent of the hours, of the last window),
    ``limit_value``, ``start``, ``revision``, ``from`` (first moment of the window's last day).
    """
    told = days(readings, before, within)
    width = ceil(in_row)
    near, hours = (pl.col(name).rolling_sum(width, min_samples=width).over(KEY) for name in ("near", "hours"))
    told = told.with_columns(near=(100 * near / hours))
    told = told.with_columns(hugs=(pl.col("near") >= share).fill_null(value=False))
    found = runs(told, KEY, "hugs", "known")
    last = told.select("near", "limit_value", "start", "revision")[found["last"]]
    intervals = pl.concat([found, last], how="horizontal").with_row_index("id")
    cut = minus(intervals, running(intervals, declarations, before))
    names = ("near", "limit_value", "start", "revision")
    return merged(cut, KEY, *(pl.col(name).last() for name in names)).with_columns(pl.col("start").alias("from"))
