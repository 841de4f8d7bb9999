"""Ranks of cities and their change on the last period, over frames with one row for each city."""

from __future__ import annotations

import polars as pl

from huiliu import division as divisions


def rank(figure: str, *, name: str = "rank", descending: bool = True) -> pl.Expr:
    """1 for the best; equal figures share a rank and the next is as far down as there are (1, 1, 3); null: no rank."""
    return pl.col(figure).rank("min", descending=descending).cast(pl.Int64).alias(name)


def beside(now: pl.DataFrame, before: pl.DataFrame, *names: str) -> pl.DataFrame:
    """The cities of ``now`` with the same columns of the last period as ``<name>_before`` (null where there was none).

    A city that had something then and nothing now stays, with nulls.
    """
    former = before.select("city", *(pl.col(name).alias(f"{name}_before") for name in names))
    return now.join(former, on="city", how="full", coalesce=True).sort("city")


def with_names(frame: pl.DataFrame, year: int) -> pl.DataFrame:
    """``city_name`` beside ``city``: what the city was called in that year."""
    return frame.with_columns(
        city_name=pl.col("city").map_elements(lambda code: called(code, year), return_dtype=pl.String)
    )


def called(code: str, year: int) -> str:
    """A division's name in a year; 省本级 for the province itself; the code where nobody knows it."""
    if not divisions.known(code):
        return code
    return "省本级" if divisions.level(code) == "province" else divisions.name(code, year)
