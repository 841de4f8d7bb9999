"""Steps at calibration marks (校准前后数值阶跃): what was measured before and after a calibration does not agree.

A calibration corrects a drift of some per cent of the range (HJ 75: zero ±2.5 %, span ±2.5 % of full scale; beyond
±10 % the monitor was out of control). When the medians of ``width`` hours that count before and after differ by more
than ``jump`` per cent, either the values before were not what they should have been, or those after are not. Windows
of whole days leave the daily swing out. It stands for ``stands`` days: data cannot mend it, a document must.

Not judged: fewer hours that count than ``width`` in one and a half times as many hours on either side, and a median
before of less than ``floor`` per cent of the limit, where noise is as large as what is measured.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from math import ceil
from typing import Final

import polars as pl

from oversight.monitors.declared import running
from oversight.monitors.reading import KEY, evidence, in_order, known
from oversight.monitors.spans import merged, minus

#: Calibrating hours no further apart are one calibration.
_APART: Final = timedelta(hours=12)
#: On either side the hours that count may lie in a time so many times as long.
_STRETCH: Final = 1.5


def steps(
    readings: pl.DataFrame,
    declarations: pl.DataFrame,
    before: datetime,
    *,
    jump: float,
    width: float,
    floor: float,
    stands: float,
) -> pl.DataFrame:
    """Spans of steps by what was known before a moment; ``jump`` and ``floor`` in per cent, ``width`` in hours,
    ``stands`` in days.

    Columns: ``outlet``, ``pollutant``, ``opens``, ``closes``, ``change`` (per cent of before, with sign),
    ``before_median``, ``after_median``, ``start``, ``revision`` (of the last calibrating hour), ``from``.
    """
    hours = in_order(known(readings, before))
    count = ceil(width)
    good = hours.filter(evidence() & ~pl.col("calibrating")).select(*KEY, "start", "known", "value", "limit_value")
    events = _calibrations(hours)
    places = _places(good, events).filter(pl.col("place") >= count)
    sides = _medians(good, places, count)
    stretch = timedelta(hours=_STRETCH * count)
    judged = sides.filter(
        (pl.col("first") >= pl.col("start") - stretch)
        & (pl.col("final") <= pl.col("start") + stretch)
        & (pl.col("before_median") > 0)
        & (pl.col("before_median") * 100 >= pl.col("limit_value") * floor)
    ).with_columns(change=100 * (pl.col("after_median") - pl.col("before_median")) / pl.col("before_median"))
    found = (
        judged.filter(pl.col("change").abs() > jump)
        .with_columns(closes=pl.col("opens") + timedelta(days=stands))
        .with_row_index("id")
    )
    cut = minus(found, running(found, declarations, before))
    names = ("change", "before_median", "after_median", "start", "revision")
    return merged(cut, KEY, *(pl.col(name).first() for name in names)).with_columns(pl.col("start").alias("from"))


def _calibrations(hours: pl.DataFrame) -> pl.DataFrame:
    """The last hour of each calibration: none follows within half a day."""
    calibrating = hours.filter("calibrating").select(*KEY, "start", "revision", "known")
    following = pl.col("start").shift(-1).over(KEY)
    return calibrating.filter(following.is_null() | (following - pl.col("start") > _APART))


def _places(good: pl.DataFrame, events: pl.DataFrame) -> pl.DataFrame:
    """Events with ``row``, that of the first hour after them in ``good``, and ``place``, how many of the same came
    before it.
    """
    same = pl.all_horizontal(pl.col(name) == pl.col(name).shift() for name in KEY).fill_null(value=False)
    numbered = good.with_row_index("row").with_columns(head=pl.when(~same).then("row").forward_fill())
    numbered = numbered.with_columns(place=pl.col("row").cast(pl.Int64) - pl.col("head").cast(pl.Int64))
    after = numbered.select(*KEY, "row", "place", "start")
    return (
        events.join_asof(after.rename({"start": "following"}), left_on="start", right_on="following", by=list(KEY),
                   strategy="forward", check_sortedness=False)
        .drop_nulls("row")
        .drop("following")
        .with_row_index("event")
    )  # fmt: skip


def _medians(good: pl.DataFrame, places: pl.DataFrame, count: int) -> pl.DataFrame:
    """Events with the medians of ``count`` hours on either side; those without so many after them are left out."""
    offsets = pl.DataFrame({"offset": range(-count, count)}, schema={"offset": pl.Int64})
    rows = places.select("event", *KEY, "row").join(offsets, how="cross")
    rows = rows.with_columns(row=pl.col("row").cast(pl.Int64) + pl.col("offset")).filter(
        (pl.col("row") >= 0) & (pl.col("row") < good.height)
    )
    near = pl.concat(
        [
            rows.select("event", "offset", of_outlet="outlet", of_pollutant="pollutant"),
            good.select(*KEY, value="value", at="start", seen="known", limit="limit_value")[rows["row"]],
        ],
        how="horizontal",
    ).filter((pl.col("outlet") == pl.col("of_outlet")) & (pl.col("pollutant") == pl.col("of_pollutant")))
    side = pl.col("offset") < 0
    sums = near.group_by("event").agg(
        pl.len().alias("hours"),
        pl.col("value").filter(side).median().alias("before_median"),
        pl.col("value").filter(~side).median().alias("after_median"),
        pl.col("at").min().alias("first"),
        pl.col("at").max().alias("final"),
        pl.col("seen").max().alias("opens"),
        pl.col("limit").filter(side).last().alias("limit_value"),
    )
    return places.join(sums.filter(pl.col("hours") == 2 * count), on="event").sort(*KEY, "start")
