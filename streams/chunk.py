"""A chunk: consecutive records of one partition, handled as one thing."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np
import numpy.typing as npt

from schemas import topics

Offsets = npt.NDArray[np.int64]


class Record(Protocol):
    """What the clients give for one Kafka record (aiokafka and kafka-python alike)."""

    @property
    def offset(self) -> int: ...
    @property
    def timestamp(self) -> int | None: ...
    @property
    def key(self) -> bytes | None: ...
    @property
    def value(self) -> bytes | None: ...
    @property
    def headers(self) -> Sequence[tuple[str, bytes | None]]: ...


@dataclass(frozen=True)
class Chunk:
    """Records of (topic, partition) in offset order. Offsets rise, not necessarily by one (transaction markers)."""

    topic: str
    partition: int
    records: Sequence[Record]

    @property
    def place(self) -> tuple[str, int]:
        return self.topic, self.partition

    @cached_property
    def publisher(self) -> str:
        """The division the topic belongs to."""
        return self._parsed[0]

    @cached_property
    def kind(self) -> str:
        return self._parsed[1]

    @cached_property
    def _parsed(self) -> tuple[str, str]:
        parsed = topics.parse_intake(self.topic)
        if parsed is None:
            raise ValueError(f"{self.topic} is not an intake topic")
        return parsed

    @cached_property
    def offsets(self) -> Offsets:
        return np.fromiter((record.offset for record in self.records), np.int64, len(self.records))

    def since(self, offset: int) -> Chunk:
        """The chunk without the records below `offset`; itself when there are none."""
        if not self.records or self.records[0].offset >= offset:
            return self
        return Chunk(self.topic, self.partition, self.records[int(np.searchsorted(self.offsets, offset)) :])

    def halves(self) -> tuple[Chunk, Chunk]:
        """Two chunks that follow each other, each with at least one record (of two or more)."""
        middle = len(self.records) // 2
        return (
            Chunk(self.topic, self.partition, self.records[:middle]),
            Chunk(self.topic, self.partition, self.records[middle:]),
        )

    def digest(self) -> bytes:
        """SHA-256 over the raw records, as docs/decisions/0004-ledger.md defines it."""
        return digest(self.records, self.offsets)


def digest(records: Sequence[Record], offsets: Offsets) -> bytes:
    """SHA-256 over offsets, key lengths, keys, value lengths, values.

    Offsets are big-endian int64, lengths big-endian int32 with -1 for null; keys and values stand one after the other.
    Headers are not part of it: brokers and mirrors may add their own.
    """
    total = hashlib.sha256(offsets.astype(">i8").tobytes())
    for parts in ([record.key for record in records], [record.value for record in records]):
        lengths = np.fromiter((-1 if part is None else len(part) for part in parts), ">i4", len(parts))
        total.update(lengths.tobytes())
        total.update(b"".join(part for part in parts if part))
    return total.digest()
