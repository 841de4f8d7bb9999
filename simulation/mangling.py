"""Faults of the bytes themselves: what a broken sender, a wrong serializer or a careless script puts into a topic.

Each takes a good record (wire format: 0x00, schema id in four bytes, Avro datum) and a number to vary by.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from schemas.contract import contract

Mangle = Callable[[bytes, int], bytes | None]
_HEADER: Final = 5


def _null(good: bytes, number: int) -> bytes | None:
    return None


def _empty(good: bytes, number: int) -> bytes:
    return b""


def _json(good: bytes, number: int) -> bytes:
    return b'{"division":"340100","revision":%d}' % number


def _magic(good: bytes, number: int) -> bytes:
    return bytes([1 + number % 255]) + good[1:]


def _unknown_id(good: bytes, number: int) -> bytes:
    return good[:1] + (1_000_000 + number % 1000).to_bytes(4, "big") + good[_HEADER:]


def _other_kind(good: bytes, number: int) -> bytes:
    response = contract("response").schema_id
    return good[:1] + response.to_bytes(4, "big") + good[_HEADER:]


def _truncated(good: bytes, number: int) -> bytes:
    """A proper beginning of a datum is never a whole one."""
    return good[: _HEADER + number % (len(good) - _HEADER)]


def _glued(good: bytes, number: int) -> bytes:
    return good + good[_HEADER:]


def _trailing(good: bytes, number: int) -> bytes:
    return good + bytes(1 + number % 3)


def _not_utf8(good: bytes, number: int) -> bytes:
    """The first field of every contract is the division: two bytes of length, then six digits."""
    place = _HEADER + 1 + number % 6
    return good[:place] + b"\xff" + good[place + 1 :]


def _surrogate(good: bytes, number: int) -> bytes:
    """An unpaired surrogate, as some languages encode it: three bytes that UTF-8 does not allow."""
    place = _HEADER + 1
    return good[:place] + b"\xed\xa0\x80" + good[place + 3 :]


#: By name of fault.
MANGLES: Final[Mapping[str, Mangle]] = {
    "null": _null,
    "empty": _empty,
    "json": _json,
    "magic": _magic,
    "unknown schema id": _unknown_id,
    "schema of another kind": _other_kind,
    "truncated": _truncated,
    "glued": _glued,
    "trailing bytes": _trailing,
    "not UTF-8": _not_utf8,
    "unpaired surrogate": _surrogate,
}


def oversized(good: bytes, record_bytes: int) -> bytes:
    """A record one byte larger than the hub takes."""
    return good + bytes(record_bytes + 1 - len(good))
