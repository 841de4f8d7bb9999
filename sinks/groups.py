"""A rollup's groups, as people name them and as the warehouse has them.

People say divisions, factors and period kinds by their codes, days as ISO dates; the warehouse has small numbers, and
finds them by its keys.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Any, Final

import polars as pl

from huiliu.language import text
from sinks.encoding import PERIODS
from sinks.errors import UnknownName
from sinks.reference import pollutant_ids

_NUMBERS: Final = ("city", "division", "fiscal_year")


def stored(kind: str, name: str, value: Any) -> Any:
    """A group's value as the warehouse has it; numbers and dates may be given as such. Raises UnknownName."""
    codes = _codes(name) if kind == "reading" else None
    try:
        if codes and isinstance(value, str):
            return codes[value]
        if name == "day" and isinstance(value, str):
            return date.fromisoformat(value)
        return int(value) if name in _NUMBERS else value
    except (KeyError, ValueError) as error:
        raise UnknownName(text(f"{kind} 没有 {name} {value!r}", f"{kind} has no {name} {value!r}")) from error


def named(kind: str, frame: pl.DataFrame) -> pl.DataFrame:
    """The frame's group columns as people name them: codes of six digits, codes of factors, ISO days."""
    told = []
    for name, dtype in frame.schema.items():
        if kind == "reading" and name in ("pollutant", "period"):
            codes = {number: code for code, number in (_codes(name) or {}).items()}
            told.append(pl.col(name).replace_strict(codes, return_dtype=pl.String))
        elif name in ("city", "division"):
            told.append(pl.col(name).cast(pl.String).str.zfill(6))
        elif dtype == pl.Date:
            told.append(pl.col(name).cast(pl.String))
    return frame.with_columns(told)


def span(division: str) -> dict[str, int]:
    """The first and the last code that lie in a division, by the codes alone: 340100 holds 340100 to 340199."""
    code = int(division)
    width = 9999 if code % 10000 == 0 else 99 if code % 100 == 0 else 0
    return {"low": code, "high": code + width}


@cache
def _codes(name: str) -> Mapping[str, int] | None:
    if name == "pollutant":
        return pollutant_ids()
    return {code: number for number, code in enumerate(PERIODS)} if name == "period" else None
