"""The column path: what the walk found becomes an event frame, one column after the other.

Strings are slices of the joined buffer and cost no copy; Polars judges their UTF-8, all at once. Doubles are read where
they lie, bit for bit, so NaN payloads stay. Nothing here can fail on what a publisher sent.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
import polars as pl
import pyarrow as pa

from schemas.field import Field
from schemas.walk import Bytes, Column, Mask, Positions

_DTYPES: Final = {"int": np.int32, "long": np.int64, "boolean": np.bool_}
_ORIGIN, _BEGIN, _LENGTH, _NULL = "origin", "begin", "length", "null"


class Frame(NamedTuple):
    """An event frame without ``row``; ``undecodable`` masks, by string field, the rows whose bytes are not UTF-8."""

    frame: pl.DataFrame
    undecodable: dict[str, Mask]


def frame(fields: Sequence[Field], columns: Sequence[Column], buffer: Bytes, good: Mask) -> Frame:
    """The frame of the good rows, in their order."""
    every = bool(good.all())
    chosen = list(columns) if every else [_choose(column, good) for column in columns]
    size = int(np.count_nonzero(good))
    whole = _whole(buffer, size)
    series, undecodable = [], {}
    for field, column in zip(fields, chosen, strict=True):
        if field.type == "string":
            made, wrong = _strings(whole, column)
            if wrong is not None:
                undecodable[field.name] = wrong
        else:
            made = _masked(_values(field, column, buffer), column.null)
        series.append(made.alias(field.name))
    return Frame(pl.DataFrame(series), undecodable)


def _choose(column: Column, good: Mask) -> Column:
    data, length, null = column
    return Column(data[good], None if length is None else length[good], None if null is None else null[good])


def _whole(buffer: Bytes, size: int) -> pl.Series:
    """The whole buffer as the value of each row, without copying it: slices of it are the strings."""
    whole = pa.LargeBinaryArray.from_buffers(
        pa.large_binary(), 1, [None, pa.py_buffer(np.array([0, len(buffer)], np.int64)), pa.py_buffer(buffer)]
    )
    return pl.Series(_ORIGIN, whole).new_from_index(0, size)


def _strings(whole: pl.Series, column: Column) -> tuple[pl.Series, Mask | None]:
    """The strings, and which are not UTF-8 (None: all are)."""
    parts = [whole, pl.Series(_BEGIN, column.data), pl.Series(_LENGTH, column.length)]
    raw = pl.DataFrame(parts).select(pl.col(_ORIGIN).bin.slice(_BEGIN, _LENGTH)).to_series()
    try:
        return _masked(raw.cast(pl.String), column.null), None
    except pl.exceptions.ComputeError:  # says only that some row is not UTF-8
        wrong = np.fromiter((not _is_utf8(text) for text in raw), bool, len(raw))
        return _masked(raw.set(pl.Series(wrong), b"").cast(pl.String), column.null), wrong


def _is_utf8(text: bytes) -> bool:
    try:
        text.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _values(field: Field, column: Column, buffer: Bytes) -> pl.Series:
    if field.type == "double":
        return pl.Series(_doubles(buffer, column.data))
    if field.type == "enum":
        symbols = pl.Series(field.symbols, dtype=pl.String)
        index = column.data if column.null is None else np.where(column.null, 0, column.data)
        return symbols.gather(pl.Series(index.astype(np.uint32)))
    return pl.Series(column.data.astype(_DTYPES[field.type]))


def _doubles(buffer: Bytes, begin: Positions) -> np.typing.NDArray[np.float64]:
    """Little-endian doubles that begin at any byte."""
    unaligned: np.typing.NDArray[np.float64] = np.ndarray((len(buffer) - 7,), "<f8", buffer.data, strides=(1,))
    return unaligned[begin]


def _masked(values: pl.Series, null: Mask | None) -> pl.Series:
    if null is None or not null.any():
        return values
    parts = pl.DataFrame([values.alias(_ORIGIN), pl.Series(_NULL, null)])
    return parts.select(pl.when(~pl.col(_NULL)).then(pl.col(_ORIGIN))).to_series()
