"""Which columns a frame may carry when it is judged, and their types: the contract's own, provenance, context."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Final, Literal

import polars as pl

from schemas.contract import contract, polars_schema
from schemas.field import Field

Sort = Literal["text", "number", "date"]

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


@cache
def contract_types(kind: str) -> dict[str, pl.DataType]:
    """The contract's fields with their frame types, in the contract's order."""
    return dict(polars_schema(contract(kind)))


@cache
def column_types(kind: str) -> dict[str, pl.DataType]:
    """Every column a frame of this kind may carry."""
    own = contract_types(kind)
    before = {_PREVIOUS + name: dtype for name, dtype in own.items()}
    return {"row": pl.UInt32(), **own, **PROVENANCE, **CONTEXT, **before}


@cache
def logical_types(kind: str) -> dict[str, str]:
    """Fields that are times or dates, with their Avro logical type; nested ones by their dotted path."""
    return {path: field.logical for path, field in _leaves(contract(kind).fields) if field.logical is not None}


def fields_of(kind: str, sort: Sort) -> Iterator[str]:
    """The fields of one sort, those of nested records by their dotted path (``limits.value``)."""
    for path, field in _leaves(contract(kind).fields):
        told = "date" if field.logical == "date" else {"string": "text", "double": "number"}.get(field.type)
        if told == sort:
            yield path


def _leaves(fields: tuple[Field, ...], within: str = "") -> Iterator[tuple[str, Field]]:
    for field in fields:
        if field.items:
            yield from _leaves(field.items, f"{within}{field.name}.")
        else:
            yield within + field.name, field
