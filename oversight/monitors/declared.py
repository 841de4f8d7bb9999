"""What declarations of stops, outages and repairs do: they explain silence and take evidence away.

A declaration counts from the moment it was recorded until it is withdrawn; before that nobody knew of it. One that
says only that a value was measured by hand explains nothing. A document is not asked for here: what a stop costs
without one is the matter of transmission (:mod:`oversight.transmission.declared`).
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

import polars as pl

from oversight.monitors.reading import MOMENT
from oversight.transmission.marks import DECLARABLE

EXPLAINING: Final = tuple(mark for mark in DECLARABLE if mark != "MANUAL")


def explaining(declarations: pl.DataFrame, before: datetime) -> pl.DataFrame:
    """Declarations recorded before a moment that explain: ``outlet``, ``of`` (factor, null: all), ``starts``, ``ends``,
    ``recorded_at``, ``withdrawn_at`` (null: it stands). Empty ``declarations`` may lack columns.
    """
    at = pl.lit(before.astimezone(UTC)).cast(MOMENT)
    return declarations.filter(pl.col("mark").is_in(EXPLAINING) & (pl.col("recorded_at") < at)).select(
        "outlet", pl.col("pollutant").alias("of"), "starts", "ends", "recorded_at",
        pl.when(pl.col("withdrawn_at") < at).then("withdrawn_at").alias("withdrawn_at"),
    )  # fmt: skip


def _own() -> pl.Expr:
    return pl.col("of").is_null() | (pl.col("of") == pl.col("pollutant"))


def covering(intervals: pl.DataFrame, declarations: pl.DataFrame, width: timedelta, before: datetime) -> pl.DataFrame:
    """Blocks for ``spans.minus``: of intervals about ``width`` from ``start``, the moments at which it is declared."""
    told = intervals.select("id", "outlet", "pollutant", "start").join(
        explaining(declarations, before), on="outlet", how="inner"
    )
    touched = told.filter(_own() & (pl.col("starts") < pl.col("start") + width) & (pl.col("ends") > pl.col("start")))
    return touched.select("id", begins="recorded_at", ends="withdrawn_at")


def running(intervals: pl.DataFrame, declarations: pl.DataFrame, before: datetime) -> pl.DataFrame:
    """Blocks for ``spans.minus``: the moments at which a declaration of the outlet and factor is known and runs."""
    told = intervals.select("id", "outlet", "pollutant").join(
        explaining(declarations, before), on="outlet", how="inner"
    )
    begins, ends = pl.max_horizontal("recorded_at", "starts"), pl.min_horizontal("ends", "withdrawn_at")
    return told.filter(_own()).select("id", begins=begins, ends=ends).filter(pl.col("ends") > pl.col("begins"))


def declared_away(hours: pl.DataFrame, declarations: pl.DataFrame) -> pl.DataFrame:
    """Hours without those under a declaration recorded by noon of the next day and not withdrawn by then."""
    told = explaining(declarations, datetime(9999, 1, 1, tzinfo=UTC))
    if told.is_empty():
        return hours
    own = hours.join(told.select("outlet").unique(), on="outlet", how="semi", maintain_order="left")
    noon = (pl.col("day").cast(pl.Datetime("ms")) + timedelta(hours=28)).dt.replace_time_zone("UTC")
    covered = own.join(told, on="outlet", how="inner").filter(
        _own()
        & (pl.col("starts") <= pl.col("start"))
        & (pl.col("ends") > pl.col("start"))
        & (pl.col("recorded_at") <= noon)
        & (pl.col("withdrawn_at").is_null() | (pl.col("withdrawn_at") > noon))
    )
    return hours.join(covered, on=("outlet", "pollutant", "start"), how="anti", maintain_order="left")
