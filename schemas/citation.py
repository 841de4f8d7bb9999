"""Citations: headers by which a record says which rejected record it stands for.

``huiliu.corrects`` is a publisher's: this record is the corrected form of that one. ``huiliu.requeued-from`` is the
hub's: this record is that one again, byte for byte. Both hold ``topic/partition/offset``. The last one counts.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

Headers = Sequence[tuple[str, bytes | None]]

CORRECTS: Final = "huiliu.corrects"
REQUEUED_FROM: Final = "huiliu.requeued-from"

_PLACE: Final = re.compile(rb"([a-z0-9._-]{1,249})/([0-9]{1,9})/([0-9]{1,18})")


class Citation(NamedTuple):
    """Coordinates of the cited record; ``topic`` is empty where the header holds none."""

    topic: str
    partition: int
    offset: int


NOWHERE: Final = Citation("", 0, 0)


def citing(headers: Headers) -> bytes | None:
    """What stands in the header that cites; None where none does."""
    told = [value or b"" for name, value in headers if name in (CORRECTS, REQUEUED_FROM)]
    return told[-1] if told else None


def cited(headers: Headers) -> Citation | None:
    """What a record's headers cite; None where none does, NOWHERE where what stands there are no coordinates."""
    value = citing(headers)
    return None if value is None else parsed(value)


def parsed(value: bytes) -> Citation:
    """Coordinates of ``topic/partition/offset``; NOWHERE for anything else."""
    match = _PLACE.fullmatch(value.strip())
    return Citation(match[1].decode(), int(match[2]), int(match[3])) if match else NOWHERE


def written(topic: str, partition: int, offset: int) -> bytes:
    """The value of a header that cites these coordinates."""
    return f"{topic}/{partition}/{offset}".encode()


def shown(headers: Headers) -> str:
    """What stands in the citing header, as text; empty where none does."""
    return (citing(headers) or b"").decode("utf-8", "backslashreplace")
