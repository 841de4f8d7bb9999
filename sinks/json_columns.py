"""Nested fields of a contract (limits, evidence), kept in one jsonb column each."""

from __future__ import annotations

import json

import polars as pl


def to_json(column: pl.Series) -> pl.Series:
    """Lists of records as JSON texts of the same name; null stays null."""
    texts = [None if value is None else json.dumps(value, ensure_ascii=False) for value in column.to_list()]
    return pl.Series(column.name, texts, pl.String)


def from_json(column: pl.Series, dtype: pl.DataType) -> pl.Series:
    """The lists of records that JSON texts hold, in the contract's type."""
    values = [None if value is None else json.loads(value) for value in column.to_list()]
    return pl.Series(column.name, values, dtype)
