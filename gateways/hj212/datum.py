"""Reading events as records' values, many of one frame at a time: what they have in common is written once.

Writes what ``schemas.encode`` writes, byte for byte (property test), ten times as fast: it knows the one contract.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any, Final

from schemas import wire
from schemas.contract import contract

_CONTRACT: Final = contract("reading", 1)
_HEADER: Final = wire.header(_CONTRACT.schema_id)
_PERIODS: Final = {name: bytes([2 * place]) for place, name in enumerate(_CONTRACT.field("period").symbols)}
_SOME: Final = b"\x02"
_NONE: Final = b"\x00"
_COMMON: Final = ("division", "revision", "reported_at", "source_ref", "mn", "period", "start")
_DOUBLE: Final = struct.Struct("<cd")


def encode(events: Iterable[Mapping[str, Any]]) -> list[bytes]:
    """The values of reading events that share all but pollutant, values and flag, as those of one frame do.

    UnicodeEncodeError for text that is no UTF-8.
    """
    values: list[bytes] = []
    before = between = b""
    for event in events:
        if not values:
            before, between = shared(**{name: event[name] for name in _COMMON})
        values.append(
            b"".join(
                (
                    before,
                    text(event["pollutant"]),
                    between,
                    _double(event["average"]),
                    _double(event["minimum"]),
                    _double(event["maximum"]),
                    _double(event["cumulative"]),
                    _double(event["corrected"]),
                    text(event["flag"]),
                    _NONE,  # no mark: a monitor does not mark its own data
                )
            )
        )
    return values


def shared(
    *, division: str, revision: int, reported_at: int, source_ref: str | None, mn: str, period: str, start: int
) -> tuple[bytes, bytes]:
    """What the readings of one frame have in common: before the pollutant, and between it and the numbers."""
    before = b"".join(
        (
            _head(division, revision),
            wire.long(reported_at),
            _NONE if source_ref is None else _SOME + text(source_ref),
            text(mn),
        )
    )
    return before, _PERIODS[period] + wire.long(start)


@lru_cache(maxsize=4096)
def _head(division: str, revision: int) -> bytes:
    return _HEADER + text(division) + wire.long(revision)


def _double(value: float | None) -> bytes:
    return _NONE if value is None else _DOUBLE.pack(_SOME, value)


def text(value: str) -> bytes:
    """A string with its length before it. UnicodeEncodeError for text that is no UTF-8."""
    data = value.encode()
    return (bytes((2 * len(data),)) if len(data) < 64 else wire.long(len(data))) + data
