"""Texts that repeat are judged once each: an expectation on one column says the same of equal values."""

from __future__ import annotations

from typing import Final

import polars as pl

#: Below this many rows, or if more than half of so many differ, to find the distinct ones costs more than it saves.
SAMPLED: Final = 4096


def once_each(texts: pl.Series) -> pl.Series | None:
    """The distinct texts of a column, None where most differ and looking at each is cheaper."""
    sampled = texts.head(SAMPLED)
    if len(texts) <= SAMPLED or sampled.n_unique() > len(sampled) // 2:
        return None
    return texts.unique()
