"""A 64-bit fingerprint of an event's content, to tell a duplicate from a conflict.

Content is every field of the contract but the natural key, ``revision``, ``reported_at`` and ``source_ref``: sending
the same thing again, later or under another reference, is still the same thing. Fingerprints are compared only
between events of one natural key and one revision, so two contents are mistaken for each other once in 2^64 such
comparisons. They are stored, so the way they are computed must not depend on a library's version: it is written out
here.
"""

from __future__ import annotations

import hashlib
import json
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

Words = npt.NDArray[np.uint64]

_NULL: Final = np.uint64(0x9E3779B97F4A7C15)
_GAMMA: Final = np.uint64(0xBF58476D1CE4E5B9)
_DELTA: Final = np.uint64(0x94D049BB133111EB)


def fingerprint(frame: pl.DataFrame, columns: tuple[str, ...]) -> pl.Series:
    """Int64 series, one fingerprint per row, over `columns` in the order given."""
    total = np.full(frame.height, np.uint64(len(columns)), np.uint64)
    for name in columns:
        total = _mix(total * np.uint64(31) + _words(frame[name]))
    return pl.Series("content", total.view(np.int64))


def _mix(words: Words) -> Words:
    """The finaliser of splitmix64 (Steele, Lea, Flood 2014): every bit of the input moves every bit of the output."""
    words = (words ^ (words >> np.uint64(30))) * _GAMMA
    words = (words ^ (words >> np.uint64(27))) * _DELTA
    return words ^ (words >> np.uint64(31))


def _words(series: pl.Series) -> Words:
    """Each value as 64 bits; null has bits of its own."""
    if series.dtype == pl.Float64:
        values = (series.fill_null(0.0) + 0.0).to_numpy().view(np.uint64)  # adding 0.0 makes -0.0 and 0.0 one value
    elif series.dtype.is_integer() or series.dtype == pl.Boolean:
        values = series.cast(pl.Int64).fill_null(0).to_numpy().view(np.uint64)
    else:
        values = _text_words(series)
    mixed = _mix(np.ascontiguousarray(values))
    return np.where(series.is_null().to_numpy(), _NULL, mixed)


def _text_words(series: pl.Series) -> Words:
    """Texts (nested values as canonical JSON) by the first eight bytes of their BLAKE2b, each distinct one once."""
    texts = series if series.dtype == pl.String else _canonical(series)
    distinct = texts.unique().drop_nulls()
    words = [int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "little") for text in distinct]
    if not len(distinct):
        return np.zeros(series.len(), np.uint64)
    found = texts.replace_strict(distinct, pl.Series(words, dtype=pl.UInt64), default=0, return_dtype=pl.UInt64)
    return found.to_numpy()


def _canonical(series: pl.Series) -> pl.Series:
    rows = [None if value is None else json.dumps(value, sort_keys=True) for value in series.to_list()]
    return pl.Series(rows, dtype=pl.String)
