"""Which hours are due: of every registered outlet, every factor that it has a limit for, while the limit is valid.

National fields: due (应传, enumber) is counted for each assessed pollutant of each point. Flow, oxygen, temperature and
the like have no limit: they serve the others and are not assessed by themselves. Nothing is due before the outlet was
registered, whatever the first day of its limit; a running day is not assessed before its immediate figure stands.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

import polars as pl

from oversight.transmission import hours
from oversight.transmission.windows import Windows, at, immediate, shanghai_days

KEY: Final = ("outlet", "pollutant", "day")


def due(limits: pl.DataFrame, first: date, last: date, as_of: datetime, windows: Windows) -> pl.DataFrame:
    """``outlet``, ``pollutant``, ``day``, ``registered`` (set of hours), sorted, one row for each with any hour.

    ``limits``: ``outlet``, ``pollutant``, ``valid_from``, ``valid_to`` (both days included, null: open),
    ``registered_at``; several rows of one factor add up.
    """
    days = shanghai_days(first, last).filter(immediate(windows, pl.col("day")) <= at(as_of))
    covered = limits.join(days, how="cross").filter(
        (pl.col("valid_from") <= pl.col("day")) & (pl.col("valid_to").is_null() | (pl.col("valid_to") >= pl.col("day")))
    )
    # The first whole hour after the registration: an hour that had begun before is not due.
    since = hours.since_midnight(pl.col("day"), pl.col("registered_at"), up=True)
    found = covered.with_columns(registered=hours.span(since, pl.lit(24)))
    return found.group_by(KEY).agg(hours.union(pl.col("registered"))).filter(pl.col("registered") != 0).sort(KEY)
