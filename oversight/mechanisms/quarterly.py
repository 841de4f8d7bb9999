"""季度通报进展: the cities in order of what they did, with the quarter before, and those at the end that are named."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

import polars as pl

from huiliu.period import Period
from oversight.facts import Facts
from oversight.mechanisms.by_city import CITY, by_city
from oversight.mechanisms.criteria import Criteria
from oversight.rule_files import Rules

#: Figures are of the year up to the end of the period; ``invested_period`` (fen) of the period alone. ``rank`` by
#: investment rate, then start rate, then city; ``former_rank`` at the end of the period before; ``climbed``: places.
QUARTERLY: Final = pl.Schema(
    {
        "rank": pl.Int32(),
        **CITY,
        "invested_period": pl.Int64(),
        "former_rank": pl.Int32(),
        "climbed": pl.Int32(),
        "named": pl.Boolean(),
    }
)


def quarterly(facts: Facts, by: Criteria, period: Period, as_of: datetime, rules: Rules) -> pl.DataFrame:
    """``QUARTERLY`` rows in order of rank. ``named``: among the last that the notice names."""
    now = _ranked(by_city(facts, year_to(period), as_of, rules, by.tiers))
    alone = by_city(facts, period, as_of, rules, by.tiers).select("city", invested_period="invested")
    before = by_city(facts, year_to(period.previous()), as_of, rules, by.tiers)
    former = _ranked(before).select("city", former_rank="rank")
    told = now.join(alone, on="city", how="left").join(former, on="city", how="left")
    last = pl.col("rank") > told.height - int(by["lowest"])
    return (
        told.with_columns(climbed=pl.col("former_rank") - pl.col("rank"), named=last)
        .sort("rank")
        .select([pl.col(name).cast(kind) for name, kind in QUARTERLY.items()])
    )


def year_to(period: Period) -> Period:
    """From the first of January to the end of the period."""
    return Period(period.text, period.kind, date(period.last.year, 1, 1), period.last)


def _ranked(cities: pl.DataFrame) -> pl.DataFrame:
    ordered = cities.sort(
        "investment_rate", "start_rate", "city", descending=[True, True, False], nulls_last=[True, True, False]
    )
    return ordered.with_columns(rank=pl.int_range(1, pl.len() + 1, dtype=pl.Int32))
