"""Lay out the datums of a whole frame side by side with NumPy: the walk, the other way round.

First how many bytes each field of each row takes, so where each begins; then every field writes all its rows at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from schemas.errors import ContractError
from schemas.field import Field
from schemas.value import allowed
from schemas.walk import Bytes, Mask, Positions

Numbers = npt.NDArray[np.uint64]


class _Part(NamedTuple):
    """A field in all rows: which are null, the numbers to write as varints, the bytes to write after them."""

    branch: int | None  #: the branch byte of a value; null's is the other
    null: Mask | None
    numbers: Numbers | None  #: zig-zag
    sizes: Positions | None  #: bytes that each row takes from ``content``, in order
    content: Bytes | None


def _zigzag(numbers: npt.NDArray[np.int64]) -> Numbers:
    return ((numbers << 1) ^ (numbers >> 63)).view(np.uint64)


def _varint_sizes(numbers: Numbers) -> Positions:
    sizes = np.ones(len(numbers), np.int64)
    for count in range(1, 10):
        longer = numbers >= np.uint64(1) << np.uint64(7 * count)
        if not longer.any():
            break
        sizes += longer
    return sizes


def _part(field: Field, column: pl.Series) -> _Part:
    null = column.is_null().to_numpy() if column.null_count() else None
    if null is not None and field.null is None:
        raise ContractError(field.name, None, allowed(field))
    branch = None if field.null is None else 2 * (1 - field.null)
    numbers: Numbers | None = None
    sizes: Positions | None = None
    content: Bytes | None = None
    if field.type == "string":
        sizes, content = _text(column)
        numbers = _zigzag(sizes)
    elif field.type == "enum":
        numbers = _zigzag(_indices(field, column))
    elif field.type == "double":
        sizes = np.full(len(column), 8, np.int64)
        content = column.fill_null(0.0).to_numpy().astype("<f8").view(np.uint8)
    elif field.type == "boolean":
        sizes = np.ones(len(column), np.int64)
        content = column.fill_null(value=False).to_numpy().astype(np.uint8)
    else:
        numbers = _zigzag(column.fill_null(0).cast(pl.Int64).to_numpy())
    return _Part(branch, null, numbers, sizes, content)


def _text(column: pl.Series) -> tuple[Positions, Bytes]:
    sizes = column.str.len_bytes().fill_null(0).cast(pl.Int64).to_numpy()
    joined = b"".join(column.cast(pl.Binary).drop_nulls().to_list())
    return sizes, np.frombuffer(joined, np.uint8)


def _indices(field: Field, column: pl.Series) -> npt.NDArray[np.int64]:
    index = column.replace_strict(
        list(field.symbols), list(range(len(field.symbols))), default=-1, return_dtype=pl.Int64
    )
    wrong = (index == -1) & column.is_not_null()
    if wrong.any():
        raise ContractError(field.name, column.filter(wrong)[0], allowed(field))
    return index.fill_null(0).clip(0).to_numpy()


class Layout:
    """Writes frames of one flat contract, each record behind the same header."""

    def __init__(self, fields: Sequence[Field], header: bytes) -> None:
        """``fields`` in the contract's order."""
        self.fields, self.header = fields, header

    def write(self, frame: pl.DataFrame) -> list[bytes]:
        """One value for each row. Raises ContractError for nulls where none may be and for unknown symbols."""
        parts = [_part(field, frame[field.name]) for field in self.fields]
        sizes = [_sizes(part, frame.height) for part in parts]
        ends = np.cumsum(np.sum(sizes, axis=0) + len(self.header))
        buffer = np.empty(int(ends[-1]) if frame.height else 0, np.uint8)
        position = np.concatenate([np.zeros(1, np.int64), ends[:-1]]) if frame.height else ends
        for byte in self.header:
            buffer[position] = byte
            position = position + 1
        for part, size in zip(parts, sizes, strict=True):
            _write(part, buffer, position)
            position = position + size
        whole, edges = buffer.tobytes(), [0, *ends.tolist()]
        return [whole[begin:end] for begin, end in pairwise(edges)]


def _sizes(part: _Part, height: int) -> Positions:
    """The bytes that a field takes in each row."""
    size = np.zeros(height, np.int64)
    if part.numbers is not None:
        size = size + _varint_sizes(part.numbers)
    if part.sizes is not None:
        size = size + part.sizes
    if part.null is not None:
        size = np.where(part.null, 0, size)
    return size + (part.branch is not None)


def _write(part: _Part, buffer: Bytes, position: Positions) -> None:
    """A field of all rows, beginning at the positions."""
    if part.branch is not None:
        buffer[position] = part.branch if part.null is None else np.where(part.null, 2 - part.branch, part.branch)
        position = position + 1
    numbers, sizes, content = part.numbers, part.sizes, part.content
    if part.null is not None:
        present = ~part.null
        position = position[present]
        numbers = None if numbers is None else numbers[present]
        if content is not None and sizes is not None and part.numbers is None:
            content = content.reshape(len(present), -1)[present].ravel()
        sizes = None if sizes is None else sizes[present]
    if numbers is not None:
        position = _write_varints(numbers, buffer, position)
    if sizes is not None and content is not None and len(content):
        begin = np.cumsum(sizes) - sizes
        buffer[np.repeat(position - begin, sizes) + np.arange(len(content))] = content


def _write_varints(numbers: Numbers, buffer: Bytes, position: Positions) -> Positions:
    """Writes the numbers; gives the positions after them."""
    position = position.copy()
    rows = np.arange(len(numbers))
    while rows.size:
        more = numbers[rows] >= 0x80
        buffer[position[rows]] = (numbers[rows] & np.uint64(0x7F)).astype(np.uint8) | np.where(more, 0x80, 0).astype(
            np.uint8
        )
        position[rows] += 1
        rows = rows[more]
        numbers = numbers >> np.uint64(7)
    return position
