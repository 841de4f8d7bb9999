"""Transmission effectiveness of an outlet or a city below what is asked (传输有效率不达标).

The rates are those of :mod:`oversight.transmission`: valid hours of those due. A month is judged when it is over, by
each figure that was computed of it (first the immediate day's, then after completion and after the date of documents,
when an undocumented stop comes back); the newest month that is over is what stands, so a month that is good again
ends it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import polars as pl

from oversight.monitors.reading import MOMENT
from oversight.monitors.spans import merged, runs

#: ``at``: the moment of the figure, computed of what had been received by then. ``due``, ``valid``: hours, over the
#: factors with a limit. One row for each outlet, month and figure.
TRANSMISSION: Final = pl.Schema(
    {
        "mn": pl.String(),
        "division": pl.Int32(),
        "city": pl.Int32(),
        "month": pl.Date(),
        "at": MOMENT,
        "due": pl.Int64(),
        "valid": pl.Int64(),
    }
)


def below(figures: pl.DataFrame, key: Sequence[str], before: datetime, *, asked: float) -> pl.DataFrame:
    """Spans in which the newest judged month of each ``key`` (``mn``, ``division`` or ``city``) is below ``asked`` (%).

    Columns: ``key``, ``opens``, ``closes``, ``rate`` (%), ``due``, ``valid`` and ``month`` of the newest bad figure.
    Months without any hour due are not judged.
    """
    at = pl.lit(before).cast(MOMENT)
    summed = (
        figures.filter(pl.col("at") < at)
        .group_by(*key, "at", "month")
        .agg(pl.col("due").sum(), pl.col("valid").sum())
        .filter(pl.col("due") > 0)
        .sort(*key, "at", "month")
    )
    # A later figure of an earlier month is news of the past once a newer month has been judged.
    newest = summed.filter(pl.col("month") == pl.col("month").cum_max().over(key))
    newest = newest.with_columns(low=100 * pl.col("valid") < asked * pl.col("due"))
    found = runs(newest, key, "low", "at")
    last = newest.select("month", "due", "valid", rate=(100 * pl.col("valid") / pl.col("due")).round(2))
    told = pl.concat([found, last[found["last"]]], how="horizontal")
    return merged(told, key, *(pl.col(name).last() for name in ("month", "due", "valid", "rate")))
