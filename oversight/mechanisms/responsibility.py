"""目标责任考核: every city's score out of 100, with the arithmetic of each part.

A part for which nothing was due (no project to start, none to complete) is left out and the others are counted up to
100, so that a city is not marked down, nor up, for what it did not have.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

import polars as pl

from huiliu.period import Period
from oversight.facts import Facts
from oversight.mechanisms import score
from oversight.mechanisms.by_city import by_city
from oversight.mechanisms.criteria import Criteria
from oversight.rule_files import Rules

RESPONSIBILITY: Final = pl.Schema(
    {
        "rank": pl.Int32(),
        "city": pl.Int32(),
        "projects": pl.Int64(),
        "score": pl.Float64(),
        "passed": pl.Boolean(),
        "parts": pl.List(score.PART),
    }
)
_RATES: Final = {
    "investment": "investment_rate",
    "start": "start_rate",
    "completion": "completion_rate",
    "reporting": "reporting_rate",
    "lights": "unlit",
}


def responsibility(facts: Facts, by: Criteria, period: Period, as_of: datetime, rules: Rules) -> pl.DataFrame:
    """``RESPONSIBILITY`` rows in order of score. Each rate in per cent (100 at most) times the weight; a red light
    takes a whole project from ``lights``, a yellow one half.
    """
    cities = by_city(facts, period, as_of, rules, by.tiers)
    lit = pl.col("red") + 0.5 * pl.col("yellow")
    told = cities.with_columns(unlit=(100 * (1 - lit / pl.col("projects"))).round(2))
    parts = pl.concat_list(
        *(
            score.part(name, pl.col(rate), "%", 100, by[f"weight_{name}"], pl.col(rate) / 100)
            for name, rate in _RATES.items()
        )
    )
    scored = told.with_columns(parts=parts).with_columns(score=score.out_of_hundred("parts"))
    ordered = scored.sort("score", "city", descending=[True, False], nulls_last=[True, False])
    return ordered.with_columns(rank=pl.int_range(1, pl.len() + 1), passed=pl.col("score") >= by["pass"]).select(
        [pl.col(name).cast(kind) for name, kind in RESPONSIBILITY.items()]
    )
