"""Rows of a table as records of its kind, column by column; every row is a record or has a fault that says why not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from gateways.files.fields import Read, Value, reader
from gateways.files.grid import Row
from gateways.files.headings import Column
from gateways.files.json_lines import Encoded, LineFault, fitting
from gateways.files.marks import column_letters
from gateways.files.table import Table
from gateways.files.unread import Unread
from schemas.contract import contract
from schemas.encode import encode_frame
from schemas.field import REQUIRED, Field
from schemas.value import allowed, fits, shown

_REMEMBERED: Final = 100_000  #: texts of a column whose reading is remembered


@dataclass(frozen=True, slots=True)
class _Read:
    """One column read: a value for each row, None where there is none or it cannot be read."""

    field: Field
    values: list[Value | None]
    faults: list[tuple[int, LineFault]]


def records(table: Table, rows: Sequence[Row], filled: Mapping[str, Value], record_bytes: int | None = None) -> Encoded:
    """The rows' records in their order, and the faults of the others. ``filled``: values of fields without a column."""
    good = [row for row in rows if row.mark is None]
    columns = [_column(table, column, good) for column in table.columns.fields]
    told = [LineFault(row.number, None, m.value, m.expected, m.code, None, _place(table, row)) for row in rows
            if (m := row.mark) is not None]  # fmt: skip
    told += [fault for column in columns for _, fault in column.faults]
    wrong = {at for column in columns for at, _ in column.faults}
    kept = [at for at in range(len(good)) if at not in wrong]
    frame = _frame(table.kind, columns, kept, filled)
    numbers = [good[at].number for at in kept]
    keys = [key.encode() for key in frame[contract(table.kind).key[0]].cast(pl.String).to_list()]
    return fitting(Encoded(numbers, keys, encode_frame(table.kind, frame), told), record_bytes)


def _column(table: Table, column: Column, rows: Sequence[Row]) -> _Read:
    read, field = reader(table.kind, column.field, column.unit), column.field
    known: dict[str, Value | Unread | None] = {}
    values: list[Value | None] = []
    faults: list[tuple[int, LineFault]] = []
    for at, row in enumerate(rows):
        cell = row.cells[column.at]
        if cell in known:
            value = known[cell]
        else:
            value = _value(field, read, cell)
            if len(known) < _REMEMBERED:
                known[cell] = value
        if isinstance(value, Unread):
            faults.append((at, _fault(table, column, row, value)))
            value = None
        elif value is None and field.null is None:
            faults.append((at, _fault(table, column, row, Unread("", allowed(field)))))
        values.append(value)
    return _Read(field, values, faults)


def _value(field: Field, read: Read, cell: str) -> Value | Unread | None:
    """The value of a cell; of a blank one the contract's default, None where it has none."""
    if not cell.strip():
        return None if field.default is REQUIRED else field.default
    value = read(cell)
    if not isinstance(value, Unread) and not fits(field, value):
        return Unread(cell, allowed(field))
    return value


def _fault(table: Table, column: Column, row: Row, why: Unread) -> LineFault:
    place = f"{column_letters(column.at)}{row.number}"
    where = f"{table.sheet}!{place}" if table.sheet else place
    name = f"{where} {column.heading.strip()}"
    return LineFault(row.number, column.field.name, shown(why.value or None), why.expected, why.code, why.suggestion,
                     name)  # fmt: skip


def _place(table: Table, row: Row) -> str:
    return f"{table.sheet}!{row.number}" if table.sheet else f"{row.number}"


def _frame(kind: str, columns: Sequence[_Read], kept: Sequence[int], filled: Mapping[str, Value]) -> pl.DataFrame:
    every = len(columns) > 0 and len(kept) == len(columns[0].values)
    series: list[pl.Series] = []
    for column in columns:
        values: Sequence[Any] = column.values if every else [column.values[at] for at in kept]
        series.append(pl.Series(column.field.name, values, column.field.polars, strict=True))
    absent = [field for field in contract(kind).fields if field.name in filled]
    return pl.DataFrame(series).with_columns(
        pl.Series(field.name, [filled[field.name]] * len(kept), field.polars) for field in absent
    )
