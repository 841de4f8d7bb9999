"""National project codes over whole columns: both forms, the division inside, and the code that was probably meant."""

from __future__ import annotations

from typing import Final

import polars as pl

from huiliu import division

#: Both forms: a year 2015 to 2020, or two-digit year (from 20) and month; then 6-2-2-6 digits.
SHAPE: Final = "^(20(1[5-9]|20)|[2-9][0-9](0[1-9]|1[0-2]))-[0-9]{6}-[0-9]{2}-[0-9]{2}-[0-9]{6}$"
_MUNICIPALITIES: Final = "^(11|12|31|50)"


def given_month(code: pl.Expr) -> pl.Expr:
    """The first month in which the code can have been given, ``YYYY-MM``; the old form tells only the year."""
    old = pl.concat_str(code.str.slice(0, 4), pl.lit("-01"))
    new = pl.concat_str(pl.lit("20"), code.str.slice(0, 2), pl.lit("-"), code.str.slice(2, 2))
    is_old = code.str.slice(2, 2).cast(pl.Int32, strict=False) > 12
    return pl.when(code.str.contains(SHAPE)).then(pl.when(is_old).then(old).otherwise(new))


def _current(codes: pl.Series) -> pl.Series:
    """Retired codes replaced by their successors, each distinct code looked at once."""
    known = {code: division.successor(code) or code for code in codes.drop_nulls().unique()}
    return codes.replace(known)


def _city(code: pl.Expr) -> pl.Expr:
    """The digits that codes of one city share; of a municipality, of one province."""
    return pl.when(code.str.contains(_MUNICIPALITIES)).then(code.str.slice(0, 2)).otherwise(code.str.slice(0, 4))


def out_of_reach(code: pl.Expr, place: pl.Expr) -> pl.Expr:
    """Whether the code was given somewhere that has nothing to do with the division of the event.

    Within reach: the same division or its former code, a division inside the event's, the event's own city or province,
    a development zone of the same city (statistics codes, not in GB/T 2260), and central codes (000052 …).
    """
    origin = code.str.slice(5, 6).map_batches(_current, return_dtype=pl.String)
    same_province = origin.str.slice(0, 2) == place.str.slice(0, 2)
    same_city = _city(origin) == _city(place)
    counties = [known for known in division.intervals() if division.level(known) == "county"]
    covering = place.str.ends_with("0000") | origin.str.ends_with("0000")
    near = place.str.ends_with("00") | ~origin.is_in(counties)
    within = (origin == place) | (same_province & covering) | (same_city & near) | origin.str.starts_with("000")
    return code.str.contains(SHAPE) & ~within


def repaired(code: pl.Expr) -> pl.Expr:
    """The code that was probably meant: half-width digits, hyphens where they belong; else null."""
    digits = code.str.normalize("NFKC").str.replace_all("[^0-9A-Za-z]", "")
    likely = digits.str.replace("^([0-9]{4})([0-9]{6})([0-9]{2})([0-9]{2})([0-9]{6})$", "${1}-${2}-${3}-${4}-${5}")
    return pl.when(likely.str.contains(SHAPE) & (likely != code)).then(likely)
