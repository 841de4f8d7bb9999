"""Decode the values of Kafka records of one kind into one event frame; what cannot be read is told, never raised.

    empty → too large → bare packets → not framed → unknown schema id → another kind's id → not one datum → not UTF-8

All is judged column-wise over one joined buffer. Rows are grouped by the version of the contract that they name, read
by that version's own schema (flat ones column by column, nested ones row by row) and brought to the newest.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, NamedTuple

import numpy as np
import polars as pl

from schemas import columns, datums, packets, wire
from schemas.contract import ROW, Contract, by_id, contract, frame_schema, versions
from schemas.field import Field
from schemas.resolution import resolve_event, resolve_frame
from schemas.walk import GOOD, PADDING, Bytes, Mask, Positions, walk

#: What was refused: ``field`` is null where no field is at fault, ``value`` and ``expected`` are short texts.
REFUSED: Final = pl.Schema(
    {ROW: pl.UInt32, "code": pl.String, "field": pl.String, "value": pl.String, "expected": pl.String}
)

EMPTY, SIZE, MAGIC, ID, KIND = "FR-EMPTY-01", "FR-SIZE-01", "FR-MAGIC-01", "FR-ID-01", "FR-KIND-01"
PACKETS: Final = "RD-PACKET-01"
DATUM, UTF8 = "AV-DATUM-01", "AV-UTF8-01"

_SLAB_BYTES: Final = 1 << 30  #: Polars slices strings with 32-bit offsets: larger batches are read in parts
_SHOWN_BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class Decoded:
    """``frame``: ``row`` and the newest contract's fields, good rows only, in order. ``refused``: see ``REFUSED``."""

    frame: pl.DataFrame
    refused: pl.DataFrame


class _Batch(NamedTuple):
    """The values side by side in one buffer: row ``i`` is ``first + i`` in the caller's list."""

    buffer: Bytes
    start: Positions
    end: Positions
    first: int

    def datum(self, row: int) -> bytes:
        return self.buffer[self.start[row] + wire.HEADER_BYTES : self.end[row]].tobytes()


Refusal = tuple[int, str, str | None, str | None, str | None]


def decode(kind: str, values: Sequence[bytes | None], *, record_bytes: int) -> Decoded:
    """Decode. Records larger than ``record_bytes`` are refused unread. Raises ContractError for an unknown kind."""
    newest = contract(kind)
    frames, refusals = [pl.DataFrame(schema=frame_schema(kind))], list[Refusal]()
    for first, part, size in _slabs(values, record_bytes):
        batch = _joined(first, part, size, record_bytes)
        ids, unframed = _framing(kind, batch, part, size, record_bytes)
        refusals += unframed
        for schema_id in np.unique(ids[ids >= 0]):
            version = by_id(int(schema_id))
            if version is not None:
                frame, broken = _read(version, newest, batch, np.flatnonzero(ids == schema_id))
                frames.append(frame)
                refusals += broken
    frame = frames[1] if len(frames) == 2 else pl.concat(frames).sort(ROW)
    return Decoded(frame, pl.DataFrame(sorted(refusals), REFUSED, orient="row"))


def _sizes(values: Sequence[bytes | None]) -> Positions:
    try:
        return np.fromiter(map(len, values), np.int64, len(values))  # type: ignore[arg-type]
    except TypeError:  # a null among them (a tombstone)
        return np.array([0 if v is None else len(v) for v in values], np.int64)


def _slabs(
    values: Sequence[bytes | None], record_bytes: int
) -> Iterator[tuple[int, Sequence[bytes | None], Positions]]:
    """Runs of values that fit one buffer: index of the first, values, sizes."""
    sizes = _sizes(values)
    part = np.cumsum(np.where(sizes > record_bytes, 0, sizes)) // _SLAB_BYTES
    edges = [0, *(np.flatnonzero(np.diff(part)) + 1).tolist(), len(values)]
    for first, last in pairwise(edges):
        yield first, values if last - first == len(values) else values[first:last], sizes[first:last]


def _joined(first: int, values: Sequence[bytes | None], sizes: Positions, record_bytes: int) -> _Batch:
    """One buffer; records too large, and nulls, take no room in it."""
    kept, room = values, sizes
    if not sizes.all() or sizes.max(initial=0) > record_bytes:
        room = np.where(sizes > record_bytes, 0, sizes)
        kept = [value for value, size in zip(values, room.tolist(), strict=True) if size]
    buffer = np.frombuffer(b"".join([*kept, PADDING]), np.uint8)  # type: ignore[list-item]
    end = np.cumsum(room)
    return _Batch(buffer, end - room, end, first)


def _framing(
    kind: str, batch: _Batch, values: Sequence[bytes | None], sizes: Positions, record_bytes: int
) -> tuple[Positions, list[Refusal]]:
    """The schema id of each row, -1 where the row is refused; and the refusals."""
    known = [version.schema_id for version in versions(kind)]
    four = [batch.buffer[batch.start + i].astype(np.int64) for i in range(1, wire.HEADER_BYTES)]
    ids = (four[0] << 24) | (four[1] << 16) | (four[2] << 8) | four[3]
    usual = (batch.buffer[batch.start] == wire.MAGIC) & (sizes >= wire.HEADER_BYTES) & np.isin(ids, known)
    usual &= sizes <= record_bytes
    refusals: list[Refusal] = [
        (batch.first + row, *_unframed(kind, values[row], int(ids[row]), record_bytes, known))
        for row in np.flatnonzero(~usual).tolist()
    ]
    return np.where(usual, ids, -1), refusals


def _unframed(
    kind: str, value: bytes | None, schema_id: int, record_bytes: int, known: list[int]
) -> tuple[str, None, str | None, str]:
    """Code, field, value and expected for a row that is not framed as the kind's records are."""
    ids = ", ".join(map(str, known))
    if not value:
        return EMPTY, None, None if value is None else "", "0x00, schema id, Avro"
    if len(value) > record_bytes:
        return SIZE, None, str(len(value)), f"<= {record_bytes}"
    if value[0] != wire.MAGIC:
        rest = packets.incomplete(value) if kind == "reading" else None
        if rest is not None:
            return PACKETS, None, rest.came, rest.missing
        return MAGIC, None, _shown(value), "0x00"
    if len(value) < wire.HEADER_BYTES:
        return ID, None, _shown(value), ids
    other = by_id(schema_id)
    return (ID, None, str(schema_id), ids) if other is None else (KIND, None, other.kind, kind)


def _read(version: Contract, newest: Contract, batch: _Batch, rows: Positions) -> tuple[pl.DataFrame, list[Refusal]]:
    if version.flat:
        frame, refusals = _read_columns(version, batch, rows)
        return (frame if version is newest else resolve_frame(frame, newest.fields)), refusals
    return _read_rows(version, newest, batch, rows)


def _read_columns(version: Contract, batch: _Batch, rows: Positions) -> tuple[pl.DataFrame, list[Refusal]]:
    found = walk(version.fields, batch.buffer, batch.start[rows] + wire.HEADER_BYTES, batch.end[rows])
    good = found.broken == GOOD
    frame, undecodable = columns.frame(version.fields, found.columns, batch.buffer, good)
    names = (*version.names, None)
    refusals = [
        _no_datum(version, batch, int(rows[at]), names[found.broken[at]]) for at in np.flatnonzero(~good).tolist()
    ]
    frame = frame.insert_column(0, pl.Series(ROW, rows[good] + batch.first, dtype=pl.UInt32))
    return _without(version, batch, frame, undecodable, refusals)


def _without(
    version: Contract, batch: _Batch, frame: pl.DataFrame, undecodable: dict[str, Mask], refusals: list[Refusal]
) -> tuple[pl.DataFrame, list[Refusal]]:
    """The frame without the rows that hold strings which are not UTF-8: few, so their bytes are read once more."""
    if not undecodable:
        return frame, refusals
    wrong = np.logical_or.reduce(list(undecodable.values()))
    for row in frame[ROW].filter(pl.Series(wrong)).to_list():
        broken = datums.read(version.fields, batch.datum(row - batch.first))
        if isinstance(broken, datums.Broken):
            refusals.append(_refusal(version, batch, row - batch.first, broken))
    return frame.filter(pl.Series(~wrong)), refusals


def _read_rows(
    version: Contract, newest: Contract, batch: _Batch, rows: Positions
) -> tuple[pl.DataFrame, list[Refusal]]:
    events, refusals = [], []
    for row in rows.tolist():
        event = datums.read(version.fields, batch.datum(row))
        if isinstance(event, datums.Broken):
            refusals.append(_refusal(version, batch, row, event))
        else:
            events.append({ROW: row + batch.first, **resolve_event(event, newest.fields)})
    return pl.DataFrame(events, frame_schema(newest.kind), strict=True), refusals


def _refusal(version: Contract, batch: _Batch, row: int, broken: datums.Broken) -> Refusal:
    if broken.text is None:
        return _no_datum(version, batch, row, broken.field)
    return batch.first + row, UTF8, broken.field, _shown(broken.text), "UTF-8"


def _no_datum(version: Contract, batch: _Batch, row: int, field: str | None) -> Refusal:
    wanted = "end" if field is None else _wanted(version, field)
    return batch.first + row, DATUM, field, _shown(batch.datum(row)), f"{version.kind} v{version.version}: {wanted}"


def _wanted(version: Contract, path: str) -> str:
    """What should be at a path such as ``limits[2].value``: its type, or its symbols."""
    head, _, rest = path.partition(".")
    field: Field = version.field(head.partition("[")[0])
    if rest:
        field = next(item for item in field.items if item.name == rest)
    return "|".join(field.symbols) or field.type


def _shown(value: bytes) -> str:
    """The first bytes as hexadecimal, and how many there are."""
    more = f"... ({len(value)})" if len(value) > _SHOWN_BYTES else ""
    return value[:_SHOWN_BYTES].hex() + more
