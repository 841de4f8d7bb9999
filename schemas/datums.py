"""The row path: one datum after the other, for contracts with nested types, and as what the column path must equal.

It accepts exactly what ``walk`` accepts, for the same reasons, and arrays besides: blocks of items, each with its
count; a negative count is followed by the block's size in bytes, which must be right; a block of none ends the array.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from schemas.field import Field
from schemas.walk import INT_BYTES, LONG_BYTES

Event = dict[str, Any]

_DOUBLE: Final = struct.Struct("<d")
_MOST: Final = {INT_BYTES: 1 << 32, LONG_BYTES: 1 << 64}


@dataclass(frozen=True, slots=True)
class Broken:
    """Where a datum cannot be read: the path of the field, None for bytes left over; or the text that is no UTF-8."""

    field: str | None
    text: bytes | None = None


class _Break(Exception):  # noqa: N818 (never leaves this module)
    """Leaves a datum that cannot be read, collecting the path on its way out."""

    def __init__(self) -> None:
        self.path: list[str] = []


class _Reader:
    """Reads one datum. Strings stay bytes until the whole of it is known to be well formed."""

    def __init__(self, datum: bytes) -> None:
        self.datum, self.position = datum, 0

    def varint(self, longest: int) -> int:
        value = 0
        for count in range(longest):
            if self.position >= len(self.datum):
                raise _Break
            byte = self.datum[self.position]
            self.position += 1
            value |= (byte & 0x7F) << (7 * count)
            if byte < 0x80:
                if value >= _MOST[longest]:
                    raise _Break
                return (value >> 1) ^ -(value & 1)
        raise _Break

    def take(self, size: int) -> bytes:
        if not 0 <= size <= len(self.datum) - self.position:
            raise _Break
        self.position += size
        return self.datum[self.position - size : self.position]

    def within(self, longest: int, size: int) -> int:
        index = self.varint(longest)
        if not 0 <= index < size:
            raise _Break
        return index

    def value(self, field: Field) -> Any:
        if field.null is not None and self.within(INT_BYTES, 2) == field.null:
            return None
        match field.type:
            case "string":
                return self.take(self.varint(LONG_BYTES))
            case "int":
                return self.varint(INT_BYTES)
            case "long":
                return self.varint(LONG_BYTES)
            case "double":
                return _DOUBLE.unpack(self.take(8))[0]
            case "boolean":
                return bool(self.within_byte())
            case "enum":
                return field.symbols[self.within(INT_BYTES, len(field.symbols))]
            case "array":
                return self.array(field.items)

    def within_byte(self) -> int:
        byte = self.take(1)[0]
        if byte > 1:
            raise _Break
        return byte

    def record(self, fields: Sequence[Field]) -> Event:
        event = {}
        for field in fields:
            try:
                event[field.name] = self.value(field)
            except _Break as broken:
                broken.path.insert(0, field.name)
                raise
        return event

    def array(self, items: Sequence[Field]) -> list[Event]:
        found: list[Event] = []
        while count := self.varint(LONG_BYTES):
            end = None
            if count < 0:
                size = self.varint(LONG_BYTES)
                count, end = -count, self.position + size
            for _ in range(count):
                try:
                    found.append(self.record(items))
                except _Break as broken:
                    broken.path.insert(0, f"{len(found)}")
                    raise
            if end is not None and self.position != end:
                raise _Break
        return found


def _path(parts: Sequence[str]) -> str:
    """``limits``, ``2``, ``value`` → ``limits[2].value``."""
    return "".join(f"[{p}]" if p.isdigit() else f".{p}" for p in parts).removeprefix(".")


def _undecodable(fields: Sequence[Field], event: Event, path: tuple[str, ...] = ()) -> Broken | None:
    """Makes text of the bytes in the event, in place; tells the first that is not UTF-8."""
    for field in fields:
        value, here = event[field.name], (*path, field.name)
        if isinstance(value, bytes):
            try:
                event[field.name] = value.decode("utf-8")
            except UnicodeDecodeError:
                return Broken(_path(here), value)
        elif isinstance(value, list):
            for index, item in enumerate(value):
                broken = _undecodable(field.items, item, (*here, str(index)))
                if broken is not None:
                    return broken
    return None


def read(fields: Sequence[Field], datum: bytes) -> Event | Broken:
    """The event, in frame types; or where it cannot be read."""
    reader = _Reader(datum)
    try:
        event = reader.record(fields)
    except _Break as broken:
        return Broken(_path(broken.path))
    if reader.position != len(datum):
        return Broken(None)
    return _undecodable(fields, event) or event
