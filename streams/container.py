"""Avro object container files made of datums that are already encoded: what other consumers read."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Final

from schemas import contract, wire
from schemas.errors import ContractError

#: Bytes of datums in one container, well under a topic's default limit of one megabyte.
CONTAINER_BYTES: Final = 800_000

#: Sixteen bytes between the blocks of a container.
_SYNC: Final = b"huiliu.province."


def containers(records: Sequence[tuple[int, bytes]]) -> Iterator[tuple[list[int], bytes]]:
    """Containers with their offsets, each of datums of one contract version in offset order.

    ``records`` are (offset, value as it was sent, with the contract's id before the datum).
    """
    offsets: list[int] = []
    datums: list[bytes] = []
    schema_id = size = 0
    for offset, value in records:
        identifier = int.from_bytes(value[1:5], "big")
        if datums and (identifier != schema_id or size + len(value) > CONTAINER_BYTES):
            yield offsets, container(schema_id, datums)
            offsets, datums, size = [], [], 0
        schema_id = identifier
        offsets.append(offset)
        datums.append(value[5:])
        size += len(value)
    if datums:
        yield offsets, container(schema_id, datums)


def container(schema_id: int, datums: Sequence[bytes]) -> bytes:
    """One container with one block. The same datums give the same bytes in any process."""
    block = b"".join(datums)
    return b"".join((_head(schema_id), wire.long(len(datums)), wire.long(len(block)), block, _SYNC))


@cache
def _head(schema_id: int) -> bytes:
    """Written here, not by fastavro: its header depends on the process."""
    found = contract.by_id(schema_id)
    if found is None:
        raise ContractError("schema id", schema_id, "an id of the manifest: accepted records have a known schema")
    schema = json.dumps(found.schema, ensure_ascii=False, separators=(",", ":")).encode()
    meta = b"".join(wire.long(len(part)) + part for part in (b"avro.codec", b"null", b"avro.schema", schema))
    return b"Obj\x01" + wire.long(2) + meta + wire.long(0) + _SYNC
