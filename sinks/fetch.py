"""Reading a statement's rows into a frame by binary COPY, column by column, without a Python object per value.

The server sends one message per row, so the lengths of the messages are the rows' bounds; within them NumPy walks all
rows at once, one field after the other. In the format (PostgreSQL manual, COPY, binary) a row is a two-byte count of
fields, then for each field a four-byte length (-1 for null) and that many bytes, big-endian.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa
from sqlalchemy import Connection

from sinks.driver import driver
from sinks.errors import WarehouseError

Bytes = npt.NDArray[np.uint8]
Positions = npt.NDArray[np.int64]

HEADER: Final = 19  # signature, flags, length of the (empty) extension
TRAILER: Final = 2  # the count -1
EPOCH_US: Final = 946_684_800_000_000  # PostgreSQL counts from 2000-01-01
EPOCH_DAYS: Final = 10_957

#: By type OID: bytes on the wire, NumPy type of them. Everything else is bytes of any length.
FIXED: Final[Mapping[int, str]] = {16: "|u1", 21: ">i2", 23: ">i4", 20: ">i8", 701: ">f8", 1184: ">i8", 1082: ">i4"}
TEXT: Final = (25, 1043, 19)
BYTEA: Final = 17
JSONB: Final = 3802
NUMERIC: Final = 1700

#: Under this name a connection's ``info`` has what its statements give.
_SHAPES: Final = "shapes"


def fetch(connection: Connection, statement: str, parameters: Mapping[str, Any] | None = None) -> pl.DataFrame:
    """The rows of a SELECT (it may lock them) as a frame; parameters are written ``%(name)s``.

    boolean, integers, float8, text and bytea keep their types; timestamptz becomes Datetime("ms", "UTC"), date Date,
    jsonb its text, numeric Decimal(38, 6).
    """
    shape = _shape(connection, statement, parameters)
    with driver(connection).cursor() as cursor, cursor.copy(shape.copy, parameters) as stream:
        messages = [bytes(message) for message in stream]
    buffer, starts, ends = _rows(messages)
    if not len(starts):
        return shape.empty
    return pl.DataFrame(_columns(buffer, starts, ends, shape.names, shape.types))


@dataclass(frozen=True, slots=True)
class _Shape:
    """What a statement gives: names and types of its columns, the COPY of its rows, a frame without rows."""

    names: list[str]
    types: list[int]
    copy: bytes
    empty: pl.DataFrame


def _shape(connection: Connection, statement: str, parameters: Mapping[str, Any] | None) -> _Shape:
    """Asked of the server once in a connection's life; ``_column`` refuses values that are not of the type said."""
    known: dict[str, _Shape] = connection.info.setdefault(_SHAPES, {})
    if statement not in known:
        known[statement] = _asked(connection, statement, parameters)
    return known[statement]


def _asked(connection: Connection, statement: str, parameters: Mapping[str, Any] | None) -> _Shape:
    with driver(connection).cursor() as cursor:
        cursor.execute(f"select * from ({statement}) rows limit 0".encode(), parameters)
        columns = cursor.description or []
    names, types = [column.name for column in columns], [column.type_code for column in columns]
    selected = ", ".join(
        f'"{n}"::text' if t in (NUMERIC, JSONB) else f'"{n}"' for n, t in zip(names, types, strict=True)
    )
    copy = f"copy (select {selected} from ({statement}) rows) to stdout (format binary)"
    nowhere = np.empty(0, np.int64)
    empty = _columns(np.empty(0, np.uint8), nowhere, nowhere, names, types)
    return _Shape(names, types, copy.encode(), pl.DataFrame(empty))


def _rows(messages: list[bytes]) -> tuple[Bytes, Positions, Positions]:
    """The bytes of all rows, and where each row begins and ends."""
    lengths = np.fromiter(map(len, messages), np.int64, len(messages))
    ends = np.cumsum(lengths)
    starts = ends - lengths
    starts[0] += HEADER
    buffer = np.frombuffer(b"".join(messages), np.uint8)
    if ends[-1] - starts[-1] == TRAILER:
        return buffer, starts[:-1], ends[:-1]
    raise WarehouseError(f"COPY ended without its trailer after {len(buffer)} bytes")


def _columns(
    buffer: Bytes, starts: Positions, ends: Positions, names: list[str], types: list[int]
) -> dict[str, pl.Series]:
    position = starts + 2
    columns = {}
    for name, type_code in zip(names, types, strict=True):
        lengths = _gather(buffer, position, 4).view(">i4")[:, 0].astype(np.int64)
        position = position + 4
        null = lengths < 0
        lengths[null] = 0
        columns[name] = _column(name, type_code, buffer, position, lengths, null)
        position = position + lengths
    if not np.array_equal(position, ends):
        raise WarehouseError("a row of COPY does not end where its message ends")
    return columns


def _gather(buffer: Bytes, position: Positions, width: int) -> Bytes:
    if not len(position):
        return np.empty((0, width), np.uint8)
    gathered: Bytes = buffer[position[:, None] + np.arange(width)]
    return gathered


def _column(
    name: str, type_code: int, buffer: Bytes, position: Positions, lengths: Positions, null: npt.NDArray[np.bool_]
) -> pl.Series:
    wire = FIXED.get(type_code)
    if wire is None:
        return _variable(name, type_code, buffer, position, lengths, null)
    if not (lengths[~null] == np.dtype(wire).itemsize).all():
        raise WarehouseError(f"column {name} is no longer of type {type_code}: restart the process after a migration")
    # A null has no bytes: read some that are there and leave them out again.
    readable = np.where(null, 0, position)
    values = _gather(buffer, readable, np.dtype(wire).itemsize).view(wire)[:, 0]
    native = values.astype(values.dtype.newbyteorder("="))
    if type_code == 1184:
        series = pl.Series(name, native + EPOCH_US).cast(pl.Datetime("us", "UTC")).dt.cast_time_unit("ms")
    elif type_code == 1082:
        series = pl.Series(name, native + EPOCH_DAYS).cast(pl.Date)
    else:
        series = pl.Series(name, native != 0 if type_code == 16 else native)
    return series.set(pl.Series(null), None) if null.any() else series


def _variable(
    name: str, type_code: int, buffer: Bytes, position: Positions, lengths: Positions, null: npt.NDArray[np.bool_]
) -> pl.Series:
    if type_code not in (*TEXT, BYTEA, JSONB, NUMERIC):
        raise WarehouseError(f"column {name} has type {type_code}, which fetch does not read: cast it")
    offsets = np.concatenate(([0], np.cumsum(lengths)))
    indices = np.repeat(position - offsets[:-1], lengths) + np.arange(offsets[-1])
    arrow = pa.large_binary() if type_code == BYTEA else pa.large_string()
    bitmap = pa.py_buffer(np.packbits(~null, bitorder="little").tobytes())
    buffers = [bitmap, pa.py_buffer(offsets.tobytes()), pa.py_buffer(buffer[indices].tobytes())]
    series = pl.Series(name, pa.Array.from_buffers(arrow, len(lengths), buffers))
    return series.cast(pl.Decimal(38, 6)) if type_code == NUMERIC else series
