"""Encode events: what a publisher does, and what gateways and generators do for it.

``encode`` writes one event and says exactly what is wrong with it; ``encode_frame`` writes a frame of them, a million
in seconds where the contract is flat.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import fastavro
import polars as pl

from schemas import wire
from schemas.contract import Contract, contract
from schemas.errors import ContractError
from schemas.layout import Layout
from schemas.value import allowed, completed, faults, nearest


def parsed(of: Contract) -> Any:
    """The contract's schema as fastavro takes it, without logical types."""
    return _parsed(of.schema_id, of)


@lru_cache(maxsize=64)
def _parsed(_schema_id: int, of: Contract) -> Any:
    return fastavro.parse_schema(_physical(of.schema))


def _physical(schema: Any) -> Any:
    """The schema without logical types: dates and times are written as the integers that they are."""
    if isinstance(schema, Mapping):
        return {key: _physical(value) for key, value in schema.items() if key not in ("logicalType", "doc", "default")}
    return [_physical(part) for part in schema] if isinstance(schema, list) else schema


def encode(kind: str, event: Mapping[str, Any], version: int | None = None) -> bytes:
    """A record's value, framed. ``event`` is in frame types (times UTC ms, dates days); defaults may be left out.

    Raises ContractError for the first field that is unknown, missing or does not fit.
    """
    of = contract(kind, version)
    for fault in faults(of.fields, event):
        raise ContractError(fault.field, fault.value, fault.expected)
    return written(of, completed(of.fields, event))


def written(of: Contract, event: Mapping[str, Any]) -> bytes:
    """A record's value, framed, of an event that is complete and known to have no faults (``event_json.from_json``)."""
    target = io.BytesIO()
    target.write(wire.header(of.schema_id))
    fastavro.schemaless_writer(target, parsed(of), event)
    return target.getvalue()


def encode_frame(kind: str, frame: pl.DataFrame, version: int | None = None) -> list[bytes]:
    """The records' values of an event frame, in order. A column ``row`` is left out; defaults may be absent.

    Raises ContractError naming the column, and the first value that does not fit.
    """
    of = contract(kind, version)
    whole = _whole(of, frame)
    if of.flat:
        return Layout(of.fields, wire.header(of.schema_id)).write(whole)
    return [encode(kind, event, of.version) for event in whole.iter_rows(named=True)]


def _whole(of: Contract, frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with the contract's columns, in its order and types."""
    unknown = [name for name in frame.columns if name not in of.names and name != "row"]
    if unknown:
        raise ContractError(unknown[0], "column", nearest(unknown[0], of.names))
    columns = []
    for field in of.fields:
        if field.name in frame.columns:
            columns.append(_cast(frame, field.name, field.polars, allowed(field)))
        elif isinstance(field.default, str | int | float | None):
            columns.append(pl.Series(field.name, [field.default], field.polars).new_from_index(0, frame.height))
        else:
            raise ContractError(field.name, None, allowed(field))
    return pl.DataFrame(columns)


def _cast(frame: pl.DataFrame, name: str, wanted: pl.DataType, expected: str) -> pl.Series:
    """The column in the frame type. Only casts that keep the meaning: never from float to int, nor text to number."""
    column = frame[name]
    if column.dtype == wanted:
        return column
    if not _castable(column.dtype, wanted):
        raise ContractError(name, column.dtype, expected)
    try:
        return column.cast(wanted, strict=True)
    except pl.exceptions.InvalidOperationError:  # an integer beyond the type
        lost = column.filter(column.is_not_null() & column.cast(wanted, strict=False).is_null())
        raise ContractError(name, lost[0], expected) from None


def _castable(given: pl.DataType, wanted: pl.DataType) -> bool:
    if given == pl.Null or given.is_nested():
        return True
    if wanted == pl.String:
        return isinstance(given, pl.Categorical | pl.Enum)
    if wanted == pl.Float64:
        return given.is_numeric()
    dates = given == pl.Date and wanted == pl.Int32
    times = isinstance(given, pl.Datetime) and given.time_unit == "ms" and wanted == pl.Int64
    return wanted.is_integer() and (given.is_integer() or dates or times)
