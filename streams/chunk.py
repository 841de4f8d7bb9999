"""A chunk: consecutive records of one partition, handled as one thing."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from schemas import topics
from streams.records import Offsets, Records


@dataclass(frozen=True)
class Chunk:
    """Records of (topic, partition) in offset order. Offsets rise, not necessarily by one (transaction markers)."""

    topic: str
    partition: int
    records: Records

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

    @property
    def offsets(self) -> Offsets:
        return self.records.offsets

    def since(self, offset: int) -> Chunk:
        """The chunk without the records below `offset`; itself when there are none."""
        if not len(self.records) or self.offsets[0] >= offset:
            return self
        return Chunk(self.topic, self.partition, self.records.part(int(np.searchsorted(self.offsets, offset))))

    def halves(self) -> tuple[Chunk, Chunk]:
        """Two chunks that follow each other, each with at least one record (of two or more)."""
        middle = len(self.records) // 2
        return (
            Chunk(self.topic, self.partition, self.records.part(0, middle)),
            Chunk(self.topic, self.partition, self.records.part(middle)),
        )

    def digest(self) -> bytes:
        """SHA-256 over the raw records, as docs/decisions/0004-ledger.md defines it."""
        return self._digest

    @cached_property
    def _digest(self) -> bytes:
        return digest(self.records)


def digest(records: Records) -> bytes:
    """SHA-256 over offsets, key lengths, keys, value lengths, values.

    Offsets are big-endian int64, lengths big-endian int32 with -1 for null; keys and values stand one after the other.
    Headers are not part of it: brokers and mirrors may add their own.
    """
    total = hashlib.sha256(records.offsets.astype(">i8").tobytes())
    for parts in (records.keys, records.values):
        lengths = np.array([-1 if part is None else len(part) for part in parts], ">i4")
        total.update(lengths.tobytes())
        total.update(b"".join([part for part in parts if part]))
    return total.digest()
