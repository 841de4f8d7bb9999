"""A grid: the rows of a sheet or file as texts, in their order, before anything is known about headings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import NamedTuple

Cells = list[str]


class Mark(NamedTuple):
    """Why a row is not read: the rule's code, and what was seen."""

    code: str
    value: str
    expected: str = ""


class Row(NamedTuple):
    """One row: its number as the sender sees it, from 1, its cells, and perhaps why it cannot be read."""

    number: int
    cells: Cells
    mark: Mark | None = None


@dataclass
class Grid:
    """A sheet, or a file that is one. ``fixed_headings``: the first row is the headings, as in Parquet."""

    rows: Iterator[Row]
    sheet: str | None = None
    notes: list[str] = field(default_factory=list)  #: what else the file holds that is not read
    marks: Mapping[int, Mark] = field(default_factory=dict)
    total: int = 0  #: rows, 0 if not known before the end


def cell_text(value: object) -> str:
    """A typed cell as the text that its sender sees, numbers with the 15 digits that a spreadsheet keeps.

    >>> cell_text(0.1 + 0.2), cell_text(340100.0), cell_text(913401001234567890.0)
    ('0.3', '340100', '9.13401001234568E+17')
    """
    match value:
        case None:
            return ""
        case str():
            return value
        case bool():
            return "TRUE" if value else "FALSE"
        case int():
            return str(value)
        case float():
            return _float_text(value)
        case datetime():
            return value.isoformat(sep=" ", timespec="milliseconds" if value.microsecond else "seconds")
        case date() | time():
            return value.isoformat()
        case Decimal():
            return format(value, "f")
        case timedelta():
            return str(value)
    return str(value)


def _float_text(value: float) -> str:
    digits = format(value, ".15g")
    if "e" not in digits:
        return digits
    mantissa, _, exponent = digits.partition("e")
    if value == value and abs(value) < 1:
        return format(Decimal(digits), "f")
    return f"{mantissa}E+{int(exponent):02}" if exponent[0] != "-" else digits
