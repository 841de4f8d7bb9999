"""Judging each distinct text of a column once, for what no Polars expression can say."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl


def wrong_text(column: str, wrong: Callable[[str], bool]) -> pl.Expr:
    """True where the predicate holds for the text; false for null. Called once for each distinct text."""

    def judged(texts: pl.Series) -> pl.Series:
        found = [text for text in texts.unique().drop_nulls() if wrong(text)]
        return texts.is_in(pl.Series(found, dtype=pl.String).implode()).fill_null(False)

    return pl.col(column).map_batches(judged, return_dtype=pl.Boolean)


def replaced_text(column: str, replacement: Callable[[str], str | None]) -> pl.Expr:
    """What the function gives for each text, null where it gives none. Called once for each distinct text."""

    def mapped(texts: pl.Series) -> pl.Series:
        found = {text: replacement(text) for text in texts.unique().drop_nulls()}
        return texts.replace_strict(found, default=None, return_dtype=pl.String)

    return pl.col(column).map_batches(mapped, return_dtype=pl.String)
