"""Frozen values (数据恒值): one value, to the last digit, hour after hour.

A monitor that measures never repeats itself for long. Hours that are evidence are compared with the one before them,
whatever gap lies between; ``least`` of them with the same value stand from when the last of these is known until
another value is. An unmarked stop shows as zeros and is found too: it should have been marked.
"""

from __future__ import annotations

from datetime import datetime
from math import ceil

import polars as pl

from oversight.monitors.declared import running
from oversight.monitors.reading import KEY, evidence, in_order, known
from oversight.monitors.spans import merged, minus


def frozen(readings: pl.DataFrame, declarations: pl.DataFrame, before: datetime, *, least: float) -> pl.DataFrame:
    """Spans of frozen values by what was known before a moment; ``least``: equal values from which it stands.

    Columns: ``outlet``, ``pollutant``, ``opens``, ``closes``, ``repeats`` (equal values), ``value``, ``start`` and
    ``revision`` (of the first of them), ``from`` (its start).
    """
    hours = in_order(known(readings, before)).filter(evidence())
    same = pl.all_horizontal(pl.col(name) == pl.col(name).shift() for name in (*KEY, "value")).fill_null(value=False)
    heads = hours.select(same=same).with_row_index("row").filter(~pl.col("same")).drop("same")
    heads = heads.with_columns(after=pl.col("row").shift(-1).fill_null(hours.height))
    long = heads.filter(pl.col("after") - pl.col("row") >= ceil(least))
    runs = hours[long["row"]].with_columns(
        hours["known"].gather(long["row"] + (ceil(least) - 1)).alias("opens"),
        _ends(hours, long),
        repeats=(long["after"] - long["row"]).cast(pl.Int64),
    )
    runs = runs.with_row_index("id")
    intervals = minus(runs, running(runs, declarations, before))
    told = ("repeats", "value", "start", "revision")
    return merged(intervals, KEY, *(pl.col(name).last() for name in told)).with_columns(pl.col("start").alias("from"))


def _ends(hours: pl.DataFrame, runs: pl.DataFrame) -> pl.Series:
    """``closes``: when the row after each run was known, where it is one of the same outlet and factor."""
    there = runs["after"].clip(upper_bound=max(0, hours.height - 1))
    of, following = hours[runs["row"]], hours[there]
    same = (of["outlet"] == following["outlet"]) & (of["pollutant"] == following["pollutant"])
    within = runs["after"] < hours.height
    return following["known"].set(~(same & within), None).alias("closes")
