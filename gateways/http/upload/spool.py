"""Records of a file on the disk, between the desk that reads it and the gateway that sends them.

Each: four bytes of its row's number, of the length of its key, of the length of its value; key; value.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Final

from gateways.files.json_lines import Encoded

_HEAD: Final = struct.Struct("<III")

#: Records and bytes that are sent together.
_RECORDS: Final = 5_000
_BYTES: Final = 2 << 20


@dataclass(slots=True)
class Some:
    """Records that are sent together: the rows that they are, their keys and values."""

    rows: list[int] = field(default_factory=list)
    keys: list[bytes] = field(default_factory=list)
    values: list[bytes] = field(default_factory=list)
    size: int = 0  #: bytes of keys and values


def put(spool: BinaryIO, records: Encoded) -> None:
    """Add some."""
    for number, key, value in zip(records.numbers, records.keys, records.values, strict=True):
        spool.write(_HEAD.pack(number, len(key), len(value)) + key + value)


def portions(path: Path) -> Iterator[Some]:
    """All of them in their order, some at a time."""
    some = Some()
    with path.open("rb", buffering=1 << 20) as spool:
        while head := spool.read(_HEAD.size):
            number, key, value = _HEAD.unpack(head)
            some.rows.append(number)
            some.keys.append(spool.read(key))
            some.values.append(spool.read(value))
            some.size += key + value
            if len(some.rows) >= _RECORDS or some.size >= _BYTES:
                yield some
                some = Some()
    if some.rows:
        yield some
