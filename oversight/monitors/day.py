"""What a day of an outlet and factor was like: the one pass over hours that patterns of many days start from."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

import polars as pl

from oversight.monitors.reading import DAY_KNOWN, KEY, MOMENT, day_end, evidence, in_order, known, shanghai_day

#: Hours that count without which a day is no day: HJ 75, as for the day mean of waste gas.
VALID_HOURS: Final = 20


def days(readings: pl.DataFrame, before: datetime, near: float) -> pl.DataFrame:
    """Days with 20 hours that count, as known at noon of the next, in order.

    ``outlet``, ``pollutant``, ``day``, ``known``, ``hours``, ``mean``, ``deviation`` (standard, of the hours),
    ``near`` (hours from ``near`` per cent below the limit up to it), ``limit_value``, ``revision``.
    """
    hours = in_order(known(readings, before)).filter(evidence()).with_columns(day=shanghai_day())
    in_time = hours.filter(pl.col("known") <= day_end(pl.col("day")) + DAY_KNOWN)
    value, limit = pl.col("value"), pl.col("limit_value")
    close = (value >= limit * (1 - near / 100)) & (value <= limit)
    found = in_time.group_by(*KEY, "day", maintain_order=True).agg(
        pl.len().cast(pl.Int64).alias("hours"),
        value.mean().alias("mean"),
        value.std().alias("deviation"),
        close.sum().cast(pl.Int64).alias("near"),
        limit.last(),
        pl.col("revision").max(),
        start=pl.col("start").first(),
    )
    at = day_end(pl.col("day")) + timedelta(hours=12)
    return found.with_columns(known=at.cast(MOMENT)).filter(
        (pl.col("hours") >= VALID_HOURS) & (pl.col("known") < pl.lit(before).cast(MOMENT))
    )
