"""What the indicator code list says of each event's indicator: unit, cadence, bounds; null for an unknown code."""

from __future__ import annotations

from functools import cache
from typing import Any, Final

import polars as pl

from schemas.contract import code_table

#: Units of the same thing: how many of the second are in one of the first.
CONVERSIONS: Final = {
    ("元", "万元"): 1e-4,
    ("亿元", "万元"): 1e4,
    ("千瓦时", "万千瓦时"): 1e-4,
    ("亿千瓦时", "万千瓦时"): 1e4,
    ("‰", "%"): 0.1,
    ("万户", "户"): 1e4,
    ("万台", "台"): 1e4,
}
_COARSENESS: Final = {"month": 1, "quarter": 2, "year": 3}
_TYPES: Final[dict[str, pl.DataType]] = {
    "unit": pl.String(),
    "cadence": pl.String(),
    "minimum": pl.Float64(),
    "maximum": pl.Float64(),
    "whole": pl.Boolean(),
}


@cache
def _told(name: str) -> dict[str, Any]:
    return {code: entry.extra[name] for code, entry in code_table("indicator").items() if name in entry.extra}


def term(name: str) -> pl.Expr:
    """``unit``, ``cadence``, ``minimum``, ``maximum`` or ``whole`` of the indicator; null where the list gives none."""
    return pl.col("indicator").replace_strict(_told(name), default=None, return_dtype=_TYPES[name])


def is_percentage() -> pl.Expr:
    """Whether the indicator's own unit is per cent."""
    return term("unit") == "%"


def is_share() -> pl.Expr:
    """A percentage of a whole, between 0 and 100; a growth is none."""
    return is_percentage() & (lowest() == 0) & (highest() == 100)


def lowest() -> pl.Expr:
    """The least value the indicator can have; of a percentage 0 where the list says nothing; else null."""
    return pl.coalesce(term("minimum"), pl.when(is_percentage()).then(0.0))


def highest() -> pl.Expr:
    """The greatest value the indicator can have; of a percentage 100 where the list says nothing; else null."""
    return pl.coalesce(term("maximum"), pl.when(is_percentage()).then(100.0))


def counts() -> pl.Expr:
    """Whether the indicator counts something."""
    return term("whole").fill_null(False)


def is_target() -> pl.Expr:
    """Whether the value is a target, which is set ahead of its period."""
    return pl.col("indicator").str.ends_with(".target")


def coarseness(form: pl.Expr) -> pl.Expr:
    """Month 1, quarter 2, year 3: periods in the order of their length."""
    return form.replace_strict(_COARSENESS, default=None, return_dtype=pl.Int8)


def converted() -> pl.Expr:
    """The value in the indicator's own unit with that unit, as text; null where the units do not convert."""
    pair = pl.concat_str("unit", pl.lit(">"), term("unit"))
    factors = {f"{given}>{wanted}": factor for (given, wanted), factor in CONVERSIONS.items()}
    factor = pair.replace_strict(factors, default=None, return_dtype=pl.Float64)
    return pl.concat_str((pl.col("value") * factor).round(6), pl.lit(" "), term("unit"))
