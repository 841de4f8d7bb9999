"""Unified social credit codes (GB 32100-2015) over whole columns: the checks of ``huiliu.credit_code``, vectorised."""

from __future__ import annotations

import re
from typing import Final

import numpy as np
import polars as pl

from huiliu import credit_code, division
from huiliu.errors import Malformed

#: Shape: department, kind, division, organisation code, check. The alphabet has no I, O, S, V, Z.
SHAPE: Final = "^[0-9A-HJ-NPQRTUWXY]{2}[0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}$"
_ALPHABET: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_LETTERS: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#: Companies registered with the national authority carry this instead of a division.
_NATIONAL: Final = "100000"


def _table(alphabet: str) -> np.ndarray:
    values = np.zeros(256, dtype=np.int64)
    values[np.frombuffer(alphabet.encode(), dtype=np.uint8)] = np.arange(len(alphabet))
    return values


_OUTER, _INNER = _table(_ALPHABET), _table(_LETTERS)
_OUTER_WEIGHTS: Final = np.array([pow(3, place, 31) for place in range(17)])
_INNER_WEIGHTS: Final = np.array([3, 7, 9, 10, 5, 8, 4, 2])


def _wrong(codes: pl.Series, judge_whole: bool) -> pl.Series:
    """True where the code has the right shape but its check, or that of the organisation code inside, is wrong."""
    shaped = codes.str.contains(SHAPE).fill_null(False).to_numpy()
    letters = np.frombuffer("".join(codes.filter(pl.Series(shaped))).encode(), dtype=np.uint8).reshape(-1, 18)
    wrong = np.zeros(len(codes), dtype=bool)
    if judge_whole:
        wrong[shaped] = (_OUTER[letters[:, :17]] @ _OUTER_WEIGHTS + _OUTER[letters[:, 17]]) % 31 != 0
    else:
        rest = -(_INNER[letters[:, 8:16]] @ _INNER_WEIGHTS) % 11
        wrong[shaped] = letters[:, 16] != np.frombuffer(b"0123456789X", dtype=np.uint8)[rest]
    return pl.Series(codes.name, wrong)


def wrong_check(code: pl.Expr) -> pl.Expr:
    """Whether the check character is wrong; false where the shape is wrong already, or the code absent."""
    return code.map_batches(lambda codes: _wrong(codes, judge_whole=True), return_dtype=pl.Boolean)


def wrong_organisation(code: pl.Expr) -> pl.Expr:
    """Whether the organisation code inside (GB 11714-1997) has a wrong check; false as above."""
    return code.map_batches(lambda codes: _wrong(codes, judge_whole=False), return_dtype=pl.Boolean)


def wrong_division(code: pl.Expr) -> pl.Expr:
    """Whether the division of first registration never existed; false where the shape is wrong already."""
    ever = [_NATIONAL, *division.intervals()]
    return code.str.contains(SHAPE) & ~code.str.slice(2, 6).is_in(ever)


def repaired(code: pl.Expr) -> pl.Expr:
    """The code that was probably meant: half-width, upper case, no blanks, look-alike letters as digits; else null.

    Where that does not do: two neighbours exchanged, or the check character put right.
    """
    narrow = code.str.normalize("NFKC").str.replace_all(r"[\s-]", "").str.to_uppercase()
    likely = narrow.str.replace_many(["I", "O", "Z", "S"], ["1", "0", "2", "5"])
    read = pl.when(likely.str.contains(SHAPE) & ~wrong_check(likely) & (likely != code)).then(likely)
    return pl.coalesce(read, likely.map_batches(_mended, return_dtype=pl.String))


def _mended(codes: pl.Series) -> pl.Series:
    found = {code: _mistyped(code) for code in codes.unique().drop_nulls()}
    return codes.replace_strict(found, default=None, return_dtype=pl.String)


def _mistyped(code: str) -> str | None:
    """The code with two neighbours exchanged back, or with its check character put right; null where that is a guess.

    Both checks must agree: that of the whole and that of the organisation code inside. Of exchanged neighbours there
    must be one case only; and only where the organisation code holds is the last character the one to doubt.
    """
    if not re.fullmatch(SHAPE, code) or credit_code.valid(code):
        return None
    exchanged = {code[:at] + code[at + 1] + code[at] + code[at + 2 :] for at in range(17)}
    good = [one for one in exchanged if credit_code.valid(one) and credit_code.organisation_code_valid(one)]
    if good:
        return good[0] if len(good) == 1 else None
    if not credit_code.organisation_code_valid(code) or not division.known(code[2:8]):
        return None
    try:
        return str(credit_code.make(code[:17]))
    except Malformed:  # more than its last character is wrong
        return None
