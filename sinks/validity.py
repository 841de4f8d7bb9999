"""When a reading counts, and when it exceeds its limit.

Data count under flag N unless the operator's mark invalidates them (污染物排放自动监测设备标记规则, 2022 no. 21: data
marked invalid are no evidence of exceedance). A limit is held against the corrected average, where there is one.
"""

from __future__ import annotations

from functools import cache

import polars as pl

from schemas.contract import codes


@cache
def invalidating_marks() -> tuple[str, ...]:
    """The operator marks under which data do not count."""
    return tuple(entry.code for entry in codes("mark") if entry.extra["invalidates"])


def valid() -> pl.Expr:
    """Over ``flag`` and ``mark``: whether the reading counts."""
    unmarked = pl.col("mark").is_null() | ~pl.col("mark").is_in(list(invalidating_marks()))
    return (pl.col("flag") == "N") & unmarked


def exceeded() -> pl.Expr:
    """Over ``valid``, ``corrected``, ``average`` and ``limit_value``: whether a valid reading is over its limit."""
    over = pl.coalesce("corrected", "average") > pl.col("limit_value")
    return pl.col("valid") & over.fill_null(False)
