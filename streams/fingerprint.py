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

#: Up to so many rows a column of texts is read value by value.
_FEW: Final = 1_000


def fingerprint(frame: pl.DataFrame, columns: tuple[str, ...]) -> pl.Series:
    """Int64 series, one fingerprint per row, over `columns` in the order given."""
    total = np.full(frame.height, np.uint64(len(columns)), np.uint64)
    numbers = _numbers(frame, columns)
    for name in columns:
        words = numbers.get(name)
        total = _mix(total * np.uint64(31) + (_text_words(frame[name]) if words is None else words))
    return pl.Series("content", total.view(np.int64))


def _mix(words: Words) -> Words:
    """The finaliser of splitmix64 (Steele, Lea, Flood 2014): every bit of the input moves every bit of the output."""
    words = (words ^ (words >> np.uint64(30))) * _GAMMA
    words = (words ^ (words >> np.uint64(27))) * _DELTA
    return words ^ (words >> np.uint64(31))


def _numbers(frame: pl.DataFrame, columns: tuple[str, ...]) -> dict[str, Words]:
    """Each value of the columns that hold numbers as 64 bits, all columns in one pass; null has bits of its own."""
    expressions = {name: _bits(name, frame.schema[name]) for name in columns}
    told = {name: bits for name, bits in expressions.items() if bits is not None}
    if not told:
        return {}
    bits = frame.select(**told)
    nulls = frame.select(pl.col(name).is_null() for name in told)
    return {name: _nullable(bits[name].to_numpy().view(np.uint64), nulls[name].to_numpy()) for name in told}


def _bits(name: str, dtype: pl.DataType) -> pl.Expr | None:
    """A number's 64 bits as an expression; None for what is no number."""
    if dtype == pl.Float64:
        return pl.col(name).fill_null(0.0) + 0.0  # adding 0.0 makes -0.0 and 0.0 one value
    if dtype.is_integer() or dtype == pl.Boolean:
        return pl.col(name).cast(pl.Int64).fill_null(0)
    return None


def _nullable(words: Words, null: npt.NDArray[np.bool_]) -> Words:
    return np.where(null, _NULL, _mix(np.ascontiguousarray(words)))


def _text_words(series: pl.Series) -> Words:
    """Texts (nested values as canonical JSON) by the first eight bytes of their BLAKE2b, each distinct one once."""
    texts = series if series.dtype == pl.String else _canonical(series)
    values = _few(texts) if len(texts) <= _FEW else _many(texts)
    return _nullable(values, texts.is_null().to_numpy() if texts.null_count() else np.zeros(len(texts), np.bool_))


def _few(texts: pl.Series) -> Words:
    """Without Polars: what it costs to be asked is more than these rows cost."""
    listed = texts.to_list()
    words = {text: 0 if text is None else _hash(text) for text in set(listed)}
    return np.fromiter((words[text] for text in listed), np.uint64, len(listed))


def _many(texts: pl.Series) -> Words:
    distinct = texts.unique().drop_nulls()
    if not len(distinct):
        return np.zeros(len(texts), np.uint64)
    words = pl.Series([_hash(text) for text in distinct], dtype=pl.UInt64)
    return texts.replace_strict(distinct, words, default=0, return_dtype=pl.UInt64).to_numpy()


def _hash(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "little")


def _canonical(series: pl.Series) -> pl.Series:
    rows = [None if value is None else json.dumps(value, sort_keys=True) for value in series.to_list()]
    return pl.Series(rows, dtype=pl.String)
