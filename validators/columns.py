"""Which columns a frame may carry when it is judged, and their types: the contract's own, provenance, context."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any, Final

import polars as pl

import schemas

PROVENANCE: Final = {"intake": pl.Int32(), "offset": pl.Int64(), "received_at": pl.Int64(), "publisher": pl.String()}

#: What the hub joins before the reference layer; absent where an event is checked without a hub.
CONTEXT: Final = {
    "outlet__division": pl.String(),
    "outlet__medium": pl.String(),
    "outlet__enterprise": pl.String(),
    "limit__value": pl.Float64(),
    "project__known": pl.Boolean(),
    "project__enterprise": pl.String(),
    "project__planned_investment": pl.Int64(),
    "project__equipment_investment": pl.Int64(),
    "project__software_investment": pl.Int64(),
    "project__cumulative_investment": pl.Int64(),
    "stack__amount": pl.Int64(),
    "stack__count": pl.Int64(),
}

_PREVIOUS: Final = "previous__"


_TYPES: Final = {
    "string": pl.String(),
    "enum": pl.String(),
    "int": pl.Int32(),
    "long": pl.Int64(),
    "double": pl.Float64(),
    "boolean": pl.Boolean(),
}


@cache
def _fields(kind: str) -> tuple[dict[str, Any], ...]:
    path = Path(schemas.__file__).parent / "avro" / kind / "1.avsc"
    return tuple(json.loads(path.read_text("utf-8"))["fields"])


def _dtype(avro: Any) -> pl.DataType:
    """The frame type of an Avro type (INTERFACES: times as Int64, dates as Int32, enums as String)."""
    if isinstance(avro, list):
        return _dtype(next(branch for branch in avro if branch != "null"))
    if isinstance(avro, str):
        return _TYPES[avro]
    if avro["type"] == "array":
        return pl.List(_dtype(avro["items"]))
    if avro["type"] == "record":
        return pl.Struct({field["name"]: _dtype(field["type"]) for field in avro["fields"]})
    return _TYPES[avro["type"]]


@cache
def contract_types(kind: str) -> dict[str, pl.DataType]:
    """The contract's fields with their frame types, in the contract's order."""
    return {field["name"]: _dtype(field["type"]) for field in _fields(kind)}


@cache
def column_types(kind: str) -> dict[str, pl.DataType]:
    """Every column a frame of this kind may carry."""
    own = contract_types(kind)
    before = {_PREVIOUS + name: dtype for name, dtype in own.items()}
    return {"row": pl.UInt32(), **own, **PROVENANCE, **CONTEXT, **before}


@cache
def logical_types(kind: str) -> dict[str, str]:
    """Fields that are times or dates, with their Avro logical type."""
    logical: dict[str, str] = {}
    for field in _fields(kind):
        branches = field["type"] if isinstance(field["type"], list) else [field["type"]]
        for branch in branches:
            if isinstance(branch, dict) and "logicalType" in branch:
                logical[field["name"]] = branch["logicalType"]
    return logical
