"""Codes as they were probably meant: half-width, without blanks, in the case of the code list."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl


def tidied(column: str) -> pl.Expr:
    """The text half-width and without blanks."""
    return pl.col(column).str.normalize("NFKC").str.replace_all(r"\s", "")


def mn() -> pl.Expr:
    """A monitor's number (column ``mn``) half-width and without blanks; null where that makes it none."""
    tidy = tidied("mn")
    return pl.when(tidy.str.contains("^[!-~]{1,64}$")).then(tidy)


def listed(column: str, codes: Iterable[str]) -> pl.Expr:
    """The code of the list that the text is but for width, blanks and case; null where it is none."""
    by_form = {code.upper(): code for code in codes}
    return tidied(column).str.to_uppercase().replace_strict(by_form, default=None, return_dtype=pl.String)
