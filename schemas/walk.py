"""Read all Avro datums of a batch at once with NumPy, one field after the other.

For each row the walk keeps a position in one joined buffer. Reading a field means reading it in every row: a varint is
a loop over its bytes (at most ten), never over rows. A row that breaks is noted with the field at which it broke and
parked on zero bytes behind the buffer, where it reads on without harm. A row is one datum when the walk ends exactly
at its end: truncated, glued, empty and mutated datums are all known before anything makes values of them.

What is accepted is what every implementation of Avro reads alike, no more:

- a varint may be longer than need be, up to 10 bytes for a long or a length and 5 for an int, an enum or the branch
  of a union, and its value must lie within 64 or 32 bits;
- a boolean is 0 or 1, a branch and an enum index lie within their lists, a length is not negative;
- nothing is left over.

Some readers take more: fastavro counts a negative enum index from the end, Java drops the bits that do not fit.
UTF-8 is judged where strings are made (``columns``).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from schemas.field import Field

Bytes = npt.NDArray[np.uint8]
Positions = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

#: Zero bytes wanted behind the buffer: more than one field can read beyond its row's end (branch, then ten bytes).
PADDING: Final = bytes(64)

INT_BYTES: Final = 5
LONG_BYTES: Final = 10
GOOD: Final = -1


class Column(NamedTuple):
    """One field of all rows: ``data`` holds numbers, or for string and double where in the buffer they begin."""

    data: Positions
    length: Positions | None  #: of strings, in bytes; 0 for null
    null: Mask | None  #: None for a field that is not nullable


class Walk(NamedTuple):
    """``broken``: for each row ``GOOD``, or the index of the field at which it broke, or one more: bytes left over."""

    columns: list[Column]
    broken: npt.NDArray[np.int16]


def varints(buffer: Bytes, position: Positions, longest: int) -> tuple[Positions, Positions, Mask | None]:
    """Zig-zag numbers at the positions, the positions after them, and which are too long (None: no row is)."""
    byte = buffer[position]
    more = byte >= 0x80
    if not more.any():
        short = byte.astype(np.int64)
        return (short >> 1) ^ -(short & 1), position + 1, None
    value = (byte & 0x7F).astype(np.uint64)
    after = position + 1
    broken = np.zeros(len(position), bool)
    rows = np.flatnonzero(more)
    for count in range(1, longest):
        byte = buffer[after[rows]]
        value[rows] |= (byte & 0x7F).astype(np.uint64) << np.uint64(7 * count)
        after[rows] += 1
        if count == LONG_BYTES - 1:
            broken[rows] = byte > 1
        rows = rows[byte >= 0x80]
        if not rows.size:
            break
    broken[rows] = True
    half = (value >> np.uint64(1)).astype(np.int64)
    return half ^ -(value & np.uint64(1)).astype(np.int64), after, broken if broken.any() else None


def _numbers(field: Field, buffer: Bytes, position: Positions) -> tuple[Positions, Positions, Mask]:
    """Numbers, positions after them, which are wrong: int, long, enum."""
    value, after, broken = varints(buffer, position, LONG_BYTES if field.type == "long" else INT_BYTES)
    wrong = np.zeros(len(position), bool) if broken is None else broken
    if field.type == "enum":
        wrong |= (value < 0) | (value >= len(field.symbols))
    elif field.type == "int":
        wrong |= (value < -(2**31)) | (value >= 2**31)
    return value, after, wrong


def _strings(buffer: Bytes, position: Positions, end: Positions) -> tuple[Positions, Positions, Mask]:
    """Lengths, where the bytes begin, which are wrong."""
    length, begin, broken = varints(buffer, position, LONG_BYTES)
    wrong = (length < 0) | (length > end - begin)
    return length, begin, wrong if broken is None else wrong | broken


def _field(field: Field, buffer: Bytes, position: Positions, end: Positions) -> tuple[Column, Positions, Mask]:
    """The field in all rows: its column, the positions after it, and the rows that break here."""
    null: Mask | None = None
    outside: Mask | None = None
    if field.null is not None:
        branch, position, outside = varints(buffer, position, INT_BYTES)
        null = branch == field.null
        beyond = (branch != 0) & (branch != 1)
        outside = beyond if outside is None else outside | beyond
    length: Positions | None = None
    data = position
    if field.type == "string":
        length, data, wrong = _strings(buffer, position, end)
        length = np.where(wrong if null is None else wrong | null, 0, length)
        after = data + length
    elif field.type == "double":
        after, wrong = position + 8, np.zeros(len(position), bool)
    elif field.type == "boolean":
        data, after = buffer[position].astype(np.int64), position + 1
        wrong = data > 1
    else:
        data, after, wrong = _numbers(field, buffer, position)
    if null is not None:
        after = np.where(null, position, after)
        wrong &= ~null
    if outside is not None:
        wrong |= outside
    return Column(data, length, null), after, wrong | (after > end)


def walk(fields: Sequence[Field], buffer: Bytes, start: Positions, end: Positions) -> Walk:
    """Read the datums at ``start`` to ``end``. The uint8 ``buffer`` ends in ``PADDING``, which belongs to no row."""
    park = len(buffer) - len(PADDING)
    position, broken = start.astype(np.int64), np.full(len(start), GOOD, np.int16)
    columns = []
    for index, field in enumerate(fields):
        column, position, wrong = _field(field, buffer, position, end)
        columns.append(column)
        if wrong.any():
            broken[wrong & (broken == GOOD)] = index
            position[broken != GOOD] = park
    broken[(position != end) & (broken == GOOD)] = len(fields)
    return Walk(columns, broken)
