"""Targets of indicators: those of the policies, by province and year, and those that divisions report for themselves.

The policies' targets are the ``.target`` codes of ``schemas/codes/indicator.json`` (each names its policy): so much in
each year from one on (``per``), in one year (``year``), or by the end of one (``by``). A division's own target is an
event of kind indicator under such a code, its period the year; it takes the place of the policy's for that division.
"""

from __future__ import annotations

from functools import cache
from typing import Any, Final, Literal

import polars as pl

from schemas.contract import codes

Shape = Literal["YEAR", "BY"]

#: ``shape`` YEAR: to be reached within ``year``; BY: a level to be reached by its end. ``rate``: a share, not a count.
TARGET: Final = pl.Schema(
    {
        "division": pl.Int32(),
        "indicator": pl.String(),
        "year": pl.Int32(),
        "target": pl.Float64(),
        "shape": pl.String(),
        "rate": pl.Boolean(),
    }
)


@cache
def _measured() -> dict[str, dict[str, Any]]:
    """Every ``.target`` code with what it says."""
    return {
        code.code: {**code.extra, "unit": code.extra["unit"]} for code in codes("indicator") if "measures" in code.extra
    }


def _shape(told: dict[str, Any]) -> Shape:
    return "BY" if "by" in told else "YEAR"


def of_policies(year: int) -> pl.DataFrame:
    """TARGET rows of the provinces, whose year is this one, or a later one that is to be reached by."""
    rows = []
    for told in _measured().values():
        until = told.get("by", told.get("year", year))
        begun = told.get("from", year) <= year
        if begun and (until == year or ("by" in told and until > year)):
            row = (
                int(told["province"]),
                told["measures"],
                until,
                float(told["value"]),
                _shape(told),
                told["unit"] == "%",
            )
            rows.append(row)
    return pl.DataFrame(rows, schema=TARGET, orient="row")


def of_divisions(indicators: pl.DataFrame) -> pl.DataFrame:
    """TARGET rows that divisions reported for themselves."""
    measured = _measured()
    own = indicators.filter(pl.col("indicator").is_in(list(measured)) & pl.col("period").str.contains(r"^\d{4}$"))
    rows = [
        (row["division"], told["measures"], int(row["period"]), row["value"], _shape(told), told["unit"] == "%")
        for row in own.iter_rows(named=True)
        for told in (measured[row["indicator"]],)
    ]
    return pl.DataFrame(rows, schema=TARGET, orient="row")
