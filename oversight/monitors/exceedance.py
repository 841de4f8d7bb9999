"""Hours and days over the limit (小时超标, 日均超标).

Only evidence counts: flag N, no invalidating mark (2022 no. 21: data marked invalid are no evidence of exceedance),
not under a declared stop, outage or repair. An hour over its limit stands from the moment it is known until a later
hour that counts is known to be within the limit, and at least ``hold`` hours, so that a judgement once a day sees it
and an hour that is sent late, behind newer ones, does not slip through. So consecutive hours over are one matter, and
so are hours over that come back within ``hold``; hours that are no evidence neither prolong nor end it, and a monitor
that falls silent after an exceedance has not mended it.

A day is judged at noon of the next (marks until then count) when it has ``least`` hours that count, by their mean
(HJ 212-2017 appendix D, HJ 75: 20 valid hours), and once more when completion has ended, ten days after, where hours
came late. Equal to the limit is not over it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

import polars as pl

from oversight.monitors.declared import covering, declared_away
from oversight.monitors.reading import DAY_COMPLETE, DAY_KNOWN, KEY, MOMENT, day_end, evidence, known, shanghai_day
from oversight.monitors.spans import NEVER, merged, minus

_NEVER: Final = pl.lit(NEVER).cast(MOMENT)


def hours_over(readings: pl.DataFrame, declarations: pl.DataFrame, before: datetime, *, hold: float) -> pl.DataFrame:
    """Spans of hours over the limit by what was known before a moment; ``hold`` in hours.

    Columns: ``outlet``, ``pollutant``, ``opens``, ``closes``, ``over`` (hours over), ``worst`` (largest multiple of
    the limit), ``start``, ``revision``, ``reached``, ``limit_value`` (of the worst hour), ``from`` (first hour over).
    """
    hours = known(readings, before).filter(evidence() & pl.col("limit_value").is_not_null())
    judged = hours.with_columns(over=pl.col("value") > pl.col("limit_value")).rename({"value": "reached"})
    found = _intervals(judged, hold)
    return _spans(minus(found, covering(found, declarations, timedelta(hours=1), before)))


def days_over(
    readings: pl.DataFrame, declarations: pl.DataFrame, before: datetime, *, hold: float, least: float
) -> pl.DataFrame:
    """Spans of days over the limit; columns as of :func:`hours_over`, ``start`` the first moment of the worst day.

    ``least``: hours that count without which a day is not judged.
    """
    hours = known(readings, before).filter(evidence() & pl.col("limit_value").is_not_null())
    hours = declared_away(hours.with_columns(day=shanghai_day()), declarations)
    first = _means(hours, DAY_KNOWN, least)
    late = hours.filter(pl.col("known") > day_end(pl.col("day")) + DAY_KNOWN).select(*KEY, "day").unique()
    again = _means(hours.join(late, on=(*KEY, "day"), how="semi"), DAY_KNOWN + DAY_COMPLETE, least)
    # Only what completion changed is news: a day over at noon and ten days later is one exceedance.
    again = again.join(first, on=(*KEY, "start", "over"), how="anti")
    days = pl.concat([first, again]).filter(pl.col("known") < pl.lit(before).cast(MOMENT))
    return _spans(_intervals(days.sort(*KEY, "start", "known"), hold))


def _means(hours: pl.DataFrame, after: timedelta, least: float) -> pl.DataFrame:
    """Days with mean and limit by what was known so long after their end."""
    at = day_end(pl.col("day")) + after
    days = (
        hours.filter(pl.col("known") <= at)
        .group_by(*KEY, "day", maintain_order=True)
        .agg(
            pl.len().alias("hours"),
            pl.col("value").mean().alias("reached"),
            pl.col("limit_value").last(),
            pl.col("revision").max(),
        )
        .filter(pl.col("hours") >= least)
    )
    return days.select(
        *KEY,
        (day_end(pl.col("day")) - timedelta(days=1)).alias("start"),
        at.alias("known"),
        "reached",
        "limit_value",
        "revision",
        over=pl.col("reached") > pl.col("limit_value"),
    )


def _intervals(judged: pl.DataFrame, hold: float) -> pl.DataFrame:
    """One interval for each row over: from when it is known to when a later one is known not to be, at least ``hold``.

    ``judged`` in the order of key and ``start``. What was known earlier of a later hour ends it too, so an hour sent
    behind newer ones stands for ``hold`` and no longer.
    """
    guilty = judged.filter("over").select(*KEY).unique()
    own = judged.join(guilty, on=KEY, how="semi", maintain_order="left")
    within = pl.when("over").then(_NEVER).otherwise("known")
    # The first moment at which any later row was known to be within the limit: the minimum over all rows after.
    cleared = within.reverse().cum_min().reverse().shift(-1).over(*KEY).fill_null(_NEVER)
    closes = pl.max_horizontal(cleared, pl.col("known") + timedelta(hours=hold))
    found = own.with_columns(closes=closes).filter("over").with_row_index("id")
    return found.with_columns(
        opens="known",
        closes=pl.when(pl.col("closes") < _NEVER).then("closes"),
        times=pl.when(pl.col("limit_value") > 0).then(pl.col("reached") / pl.col("limit_value")),
    )


def _spans(intervals: pl.DataFrame) -> pl.DataFrame:
    worst = pl.col("times").fill_null(float("inf")).arg_max()
    of_worst: Sequence[str] = ("start", "revision", "reached", "limit_value")
    return merged(
        intervals,
        KEY,
        pl.col("start").n_unique().alias("over"),
        pl.col("times").max().alias("worst"),
        pl.col("start").min().alias("from"),
        *(pl.col(name).gather(worst).first() for name in of_worst),
    )
