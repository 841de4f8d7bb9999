"""The wire format: Confluent's. A zero byte, four bytes of schema id (big endian), then one Avro datum.

Every Kafka client and tool that knows Confluent's registry writes and reads it.
"""

from __future__ import annotations

import struct
from typing import Final

MAGIC: Final = 0
HEADER_BYTES: Final = 5
_HEADER: Final = struct.Struct(">BI")


def header(schema_id: int) -> bytes:
    """The five bytes before the datum. Raises ValueError for an id that four bytes do not hold."""
    try:
        return _HEADER.pack(MAGIC, schema_id)
    except struct.error:
        raise ValueError(f"schema id {schema_id}: 0 to 4294967295") from None


def pack(schema_id: int, datum: bytes) -> bytes:
    """A record's value."""
    return header(schema_id) + datum


def unpack(value: bytes) -> tuple[int, bytes]:
    """Schema id and datum of a record's value. Raises ValueError where the header is not one."""
    if len(value) < HEADER_BYTES or value[0] != MAGIC:
        raise ValueError(f"not framed: {value[:HEADER_BYTES].hex()}")
    return _HEADER.unpack_from(value)[1], value[HEADER_BYTES:]


def long(value: int) -> bytes:
    """A long of Avro (specification, binary encoding): zigzag, seven bits at a time, the lowest first."""
    left = value << 1 if value >= 0 else (-value << 1) - 1
    written = bytearray()
    while left > 0x7F:
        written.append(left & 0x7F | 0x80)
        left >>= 7
    written.append(left)
    return bytes(written)


def read_long(content: bytes, at: int) -> tuple[int, int]:
    """The long of Avro that begins at this place, and the place after it. Raises ValueError where there is none."""
    value = 0
    for count in range(10):
        if at >= len(content):
            break
        byte = content[at]
        at += 1
        value |= (byte & 0x7F) << (7 * count)
        if byte < 0x80:
            return (value >> 1) ^ -(value & 1), at
    raise ValueError(f"no long at {at}")
