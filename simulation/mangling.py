"""Faults of the bytes themselves: what a broken sender, a wrong serializer or a careless script puts into a topic.

Each takes a good record (wire format: 0x00, schema id in four bytes, Avro datum) and a number to vary by.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from schemas.contract import contract
from simulation.faults import Fault

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


def _oversized(good: bytes, number: int) -> bytes:
    """Larger than the hub takes by its default setting (HUILIU_RECORD_BYTES, 1 MiB)."""
    return good + bytes(1_200_000)


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
    "oversized": _oversized,
}


FAULTS: Final = (
    Fault("null", "*", "FR-EMPTY-01", "值为空（墓碑记录）", "no value: a tombstone", weight=0.5),
    Fault("empty", "*", "FR-EMPTY-01", "零字节", "no bytes at all"),
    Fault("json", "*", "FR-MAGIC-01", "JSON 文本", "JSON text"),
    Fault("magic", "*", "FR-MAGIC-01", "首字节不是 0", "the first byte is not 0"),
    Fault("unknown schema id", "*", "FR-ID-01", "模式编号不存在", "an unknown schema id"),
    Fault("schema of another kind", "*", "FR-KIND-01", "模式属于其他事项", "the schema id of another kind"),
    Fault("truncated", "*", "AV-DATUM-01", "数据被截断", "cut short"),
    Fault("glued", "*", "AV-DATUM-01", "两条数据粘连", "two datums glued together"),
    Fault("trailing bytes", "*", "AV-DATUM-01", "末尾多余字节", "bytes after the datum"),
    Fault("not UTF-8", "*", "AV-UTF8-01", "不是 UTF-8", "not UTF-8", weight=0.5),
    Fault("unpaired surrogate", "*", "AV-UTF8-01", "孤立代理项", "an unpaired surrogate", weight=0.5),
    Fault("oversized", "*", "FR-SIZE-01", "超过 1 MiB", "larger than one MiB", weight=0.0),  # sent once, on purpose
)
