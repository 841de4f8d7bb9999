"""Avro object container files taken apart: their contract, and each datum's bytes as they were written.

(Avro specification, "Object Container Files".) Only what the hub writes is read: one contract, no compression.
"""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import fastavro

from huiliu.language import text
from schemas import contract, encode
from schemas.contract import Contract
from schemas.errors import ContainerError, ContractError, ForeignContractError
from schemas.wire import read_long

MAGIC: Final = b"Obj\x01"
_SYNC_BYTES: Final = 16


@dataclass(frozen=True, slots=True)
class Container:
    """An opened container: its contract, and its datums as they were written, in order."""

    contract: Contract
    datums: list[bytes]


def opened(body: bytes) -> Container:
    """Take a container apart.

    Raises ContainerError for what is none, or is damaged; ForeignContractError for a contract that is not ours.
    """
    if not body.startswith(MAGIC):
        raise ContainerError(text("不是 Avro 容器文件", "no Avro object container file"))
    try:
        meta, at = _metadata(body, len(MAGIC))
        of = _contract(meta)
        return Container(of, _datums(of, body, at))
    except (ValueError, EOFError, IndexError, KeyError, TypeError, OverflowError) as fault:
        raise ContainerError(text(f"Avro 容器已损坏（{fault!r}）", f"a damaged Avro container ({fault!r})")) from fault


def _metadata(body: bytes, at: int) -> tuple[dict[str, bytes], int]:
    """The header's map, and where the sync marker begins. Raises ValueError."""
    meta: dict[str, bytes] = {}
    while True:
        count, at = read_long(body, at)
        if count == 0:
            return meta, at
        if count < 0:
            count, (_, at) = -count, read_long(body, at)
        for _ in range(count):
            name, at = _bytes(body, at)
            meta[name.decode()], at = _bytes(body, at)


def _bytes(body: bytes, at: int) -> tuple[bytes, int]:
    length, at = read_long(body, at)
    if not 0 <= length <= len(body) - at:
        raise ValueError(f"length {length} at {at}")
    return body[at : at + length], at + length


def _contract(meta: Mapping[str, bytes]) -> Contract:
    """The contract of ours under which the datums are: of the same kind and version, and written alike."""
    if meta.get("avro.codec", b"null") != b"null":
        raise ValueError("avro.codec")
    schema: Any = json.loads(meta["avro.schema"])
    kind, version = str(schema["kind"]), int(schema["version"])
    try:
        of = contract.contract(kind, version)
    except ContractError as fault:
        raise ForeignContractError(kind, version) from fault
    if _shape(schema) != _shape(of.schema):
        raise ForeignContractError(kind, version)
    return of


def _shape(schema: Any) -> Any:
    """What decides how a datum is written: the schema without namespaces and what only explains it."""
    if isinstance(schema, Mapping):
        kept = ("type", "name", "fields", "symbols", "items", "values", "size", "logicalType")
        return {name: _shape(schema[name]) for name in kept if name in schema}
    if isinstance(schema, list):
        return [_shape(part) for part in schema]
    return schema.rpartition(".")[2] if isinstance(schema, str) else schema


def _datums(of: Contract, body: bytes, at: int) -> list[bytes]:
    """Every datum of every block: the bytes between two positions of the reader, unchanged."""
    sync, at = body[at : at + _SYNC_BYTES], at + _SYNC_BYTES
    found: list[bytes] = []
    while at < len(body):
        count, at = read_long(body, at)
        block, at = _bytes(body, at)
        if not 0 < count <= len(block) or body[at : at + _SYNC_BYTES] != sync:
            raise ValueError(f"block before {at}")
        at += _SYNC_BYTES
        found += _apart(of, block, count)
    return found


def _apart(of: Contract, block: bytes, count: int) -> list[bytes]:
    reader, schema, begin, found = io.BytesIO(block), encode.parsed(of), 0, []
    for _ in range(count):
        fastavro.schemaless_reader(reader, schema, None)
        found.append(block[begin : reader.tell()])
        begin = reader.tell()
    if begin != len(block):
        raise ValueError(f"{len(block) - begin} bytes left over")
    return found
