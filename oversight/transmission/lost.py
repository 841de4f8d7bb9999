"""The hours behind a number: every due hour that did not count as valid, and why; and hours that take no part.

National fields: noTransReasons and invalidReasons, each with the hour and the reason.
"""

from __future__ import annotations

from typing import Final

import polars as pl

from oversight.transmission import hours
from oversight.transmission.marks import EFFECTS
from oversight.transmission.registered import KEY
from oversight.transmission.score import Standing, State
from oversight.transmission.windows import day_start

HOUR_KEY: Final = (*KEY, "hour")

#: Why an hour does not count. ``LATE``: only in the immediate figure, received and counted later.
REASONS: Final = {
    "MISSING": ("未收到", "not received"),
    "LATE": ("迟到", "received late"),
    "LAPSED": ("修约逾期无证明，恢复原标记", "repair without document in time: the original came back"),
    "DECLARED": ("申报为无效", "declared invalid"),
    "CHECK": ("标样核查超出每日 1 小时", "standard check beyond an hour a day"),
    "MARK": ("人工标记", "operator mark"),
    "FLAG": ("数据标记", "data flag"),
    "EMPTY": ("无数值", "no value"),
    "EXCLUDED": ("不参与", "takes no part"),
}


def hours_of(standing: Standing, state: State, *, excluded: bool = False) -> pl.DataFrame:
    """One row for each hour that cost a point in the state's figure, or, ``excluded``, that takes no part.

    Columns: ``outlet``, ``pollutant``, ``day``, ``hour``, ``start`` (UTC), ``reason``, ``flag``, ``mark``,
    ``declared_mark`` and ``declaration`` (its number) where one stands over the hour, ``received_at``.
    """
    sets = standing.sets[state].with_columns(lost=hours.without(pl.col("due"), pl.col("valid")))
    found = hours.listed(sets, "excluded" if excluded else "lost")
    own = standing.readings[state].select(*HOUR_KEY, "received_at", "flag", "mark", "measured", "lapsed")
    found = found.join(own, on=HOUR_KEY, how="left").join(_declared(standing, state), on=HOUR_KEY, how="left")
    found = found.with_columns(reason=pl.lit("EXCLUDED") if excluded else _reason(standing, state, found))
    start = day_start(pl.col("day")) + pl.duration(hours=pl.col("hour"))
    told = ("reason", "flag", "mark", "declared_mark", "declaration", "received_at")
    return found.select(*HOUR_KEY, start.alias("start"), *told).sort(HOUR_KEY)


def _declared(standing: Standing, state: State) -> pl.DataFrame:
    spans = standing.declarations[state].select(*KEY, "covered", "declaration", pl.col("mark").alias("declared_mark"))
    return hours.listed(spans, "covered").drop("covered").unique(HOUR_KEY, keep="first", maintain_order=True)


def _reason(standing: Standing, state: State, found: pl.DataFrame) -> pl.Series:
    """The first of these that holds."""
    here = hours.one(pl.col("hour"))
    received = (pl.col("received") & here) != 0
    late = standing.sets["completed"].select(*KEY, later="received")
    decided = (
        pl.when(pl.col("lapsed").fill_null(False))
        .then(pl.lit("LAPSED"))
        .when(~received & ((pl.col("later").fill_null(hours.NONE) & here) != 0) & (state == "immediate"))
        .then(pl.lit("LATE"))
        .when(~received)
        .then(pl.lit("MISSING"))
        .when((pl.col("declared_invalid") & here) != 0)
        .then(pl.lit("DECLARED"))
        .when((pl.col("checks") & here) != 0)
        .then(pl.lit("CHECK"))
        .when(~pl.col("measured").fill_null(False))
        .then(pl.lit("EMPTY"))
        .when(_marked())
        .then(pl.lit("MARK"))
        .otherwise(pl.lit("FLAG"))
    )
    return found.join(late, on=KEY, how="left", maintain_order="left").select(reason=decided).to_series()


def _marked() -> pl.Expr:
    invalid = [mark for mark, effect in EFFECTS.items() if effect == "invalid"]
    return pl.col("mark").is_in(invalid).fill_null(False)
