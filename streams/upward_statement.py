"""Statements of all rollups: what a hub tells the hub above, so that both can be held together without files.

A statement is a manifest without files (:mod:`schemas.upward_manifest`), signed, deflated and cut into messages of
``province.rollup``, which has one partition. Each message says which statement it is of (its hash), which part, and of
how many. The last one whose parts are all there counts; one that was broken off is none.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Sequence
from typing import Any, Final, NamedTuple

from aiokafka import AIOKafkaConsumer, TopicPartition

from huiliu.kafka import Cluster
from huiliu.language import text
from schemas import topics, upward_manifest
from schemas.errors import ManifestError

#: Bytes of a message, under a topic's limit of one megabyte.
PART_BYTES: Final = 900_000

#: Messages looked at from the end, the first time; then eight times as many.
_WINDOW: Final = 64

_PATIENCE_MS: Final = 10_000

Headers = Sequence[tuple[str, bytes | None]]


class Part(NamedTuple):
    """One message of a statement."""

    value: bytes
    headers: list[tuple[str, bytes]]


def parts(whole: bytes, sha256: str) -> list[Part]:
    """The messages of a statement: a manifest's JSON and its hash."""
    packed = zlib.compress(whole)
    cut = [packed[begin : begin + PART_BYTES] for begin in range(0, len(packed), PART_BYTES)]
    head = [("huiliu.statement", sha256.encode()), ("huiliu.parts", str(len(cut)).encode())]
    return [Part(value, [*head, ("huiliu.part", str(number).encode())]) for number, value in enumerate(cut)]


def last_whole(messages: Iterable[tuple[bytes | None, Headers]]) -> bytes | None:
    """The JSON of the last statement whose parts are all there, in order; None where there is none.

    Raises ManifestError for one that cannot be inflated, or to more than a manifest may have.
    """
    found: list[bytes] | None = None
    begun: dict[bytes, list[bytes]] = {}
    for value, headers in messages:
        told = {name: content or b"" for name, content in headers}
        key, number = told.get("huiliu.statement", b""), told.get("huiliu.part", b"")
        mine = begun.setdefault(key, [])
        if number == b"0":
            mine.clear()
        if number == str(len(mine)).encode():
            mine.append(value or b"")
        if mine and told.get("huiliu.parts") == str(len(mine)).encode():
            found = begun.pop(key)
    return None if found is None else _inflated(b"".join(found))


def _inflated(packed: bytes) -> bytes:
    machine = zlib.decompressobj()
    try:
        whole = machine.decompress(packed, upward_manifest.LARGEST)
    except zlib.error as fault:
        raise ManifestError(text(f"声明已损坏（{fault}）", f"the statement is damaged ({fault})")) from fault
    if not machine.eof:
        raise ManifestError(text("声明不完整或过大", "the statement is not whole, or too large"))
    return whole


async def latest(kafka: Cluster) -> bytes | None:
    """The last whole statement of a hub, as it was sent; None where it has made none. Raises KafkaError."""
    async with AIOKafkaConsumer(**kafka.aiokafka(), group_id=None, enable_auto_commit=False) as reader:
        place = TopicPartition(topics.ROLLUPS, 0)
        reader.assign([place])
        (first,), (end,) = [(await ask([place])).values() for ask in (reader.beginning_offsets, reader.end_offsets)]
        window = _WINDOW
        while first < end:
            begin = max(first, end - window)
            found = last_whole(await _read(reader, place, begin, end))
            if found is not None or begin == first:
                return found
            window *= 8
    return None


async def _read(reader: AIOKafkaConsumer, place: TopicPartition, begin: int, end: int) -> list[tuple[Any, Headers]]:
    reader.seek(place, begin)
    found: list[tuple[Any, Headers]] = []
    while await reader.position(place) < end:
        polled = await reader.getmany(place, timeout_ms=_PATIENCE_MS)
        if not polled:
            raise TimeoutError(f"{place.topic} gave nothing within {_PATIENCE_MS // 1000} s")
        found += [(message.value, message.headers) for message in polled[place]]
    return found
