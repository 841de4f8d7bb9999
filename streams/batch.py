"""A batch: chunks of several partitions, validated and committed together (step 1 of the batch)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
import polars as pl

from streams.chunk import Chunk, Record

#: The order in which kinds are settled: what others refer to comes first.
KIND_ORDER = ("registration", "project", "award", "indicator", "nil", "response", "reading")


@dataclass(frozen=True)
class KindRecords:
    """The records of one kind in a batch. `row` in every frame of this kind is a position in `records`.

    ``chunks`` are the numbers of the chunks in the batch, ``bounds`` the rows where each begins (and the end of the
    last).
    """

    kind: str
    records: Sequence[Record]
    chunks: tuple[int, ...]
    bounds: tuple[int, ...]
    publishers: tuple[str, ...]

    @property
    def values(self) -> list[bytes | None]:
        return [record.value for record in self.records]

    def rows_of_chunks(self) -> Iterator[tuple[int, slice]]:
        """(number of the chunk in the batch, its rows)."""
        for chunk, start, stop in zip(self.chunks, self.bounds[:-1], self.bounds[1:], strict=True):
            yield chunk, slice(start, stop)

    def provenance(self, offsets: Sequence[np.ndarray]) -> pl.DataFrame:
        """One line per row: chunk Int32, offset Int64, received_at Int64 (UTC ms), publisher String."""
        sizes = np.diff(self.bounds)
        received = (record.timestamp or 0 for record in self.records)
        return pl.DataFrame(
            {
                "chunk": np.repeat(np.array(self.chunks, np.int32), sizes),
                "offset": np.concatenate([offsets[chunk] for chunk in self.chunks]),
                "received_at": np.fromiter(received, np.int64, len(self.records)),
            }
        ).with_columns(
            pl.Series("publisher", self.publishers, pl.String).gather(np.repeat(np.arange(len(sizes)), sizes))
        )


@dataclass(frozen=True)
class Batch:
    """Chunks in the order they were read; at most one per partition (:meth:`of` joins those that follow each other)."""

    chunks: tuple[Chunk, ...]

    @classmethod
    def of(cls, chunks: Iterable[Chunk]) -> Batch:
        """Join the chunks of each partition into one, in the order given; leave out what was already seen.

        After a rebalance a fetch may give again what an earlier chunk of the same batch holds: only the first counts.
        """
        joined: dict[tuple[str, int], Chunk] = {}
        for chunk in chunks:
            before = joined.get(chunk.place)
            if before is None:
                joined[chunk.place] = chunk
                continue
            fresh = chunk.since(before.records[-1].offset + 1)
            joined[chunk.place] = Chunk(chunk.topic, chunk.partition, [*before.records, *fresh.records])
        return cls(tuple(chunk for chunk in joined.values() if chunk.records))

    @property
    def size(self) -> int:
        return sum(len(chunk.records) for chunk in self.chunks)

    def kinds(self) -> list[KindRecords]:
        """The records by kind, in the order in which kinds are settled."""
        found = {chunk.kind for chunk in self.chunks}
        return [self._of_kind(kind) for kind in KIND_ORDER if kind in found]

    def _of_kind(self, kind: str) -> KindRecords:
        numbers = tuple(number for number, chunk in enumerate(self.chunks) if chunk.kind == kind)
        mine = [self.chunks[number] for number in numbers]
        bounds = np.cumsum([0, *(len(chunk.records) for chunk in mine)])
        return KindRecords(
            kind,
            list(chain.from_iterable(chunk.records for chunk in mine)),
            numbers,
            tuple(int(bound) for bound in bounds),
            tuple(chunk.publisher for chunk in mine),
        )

    def halves(self) -> tuple[Batch, Batch]:
        """Two smaller batches that together are this one; within a partition the first holds the earlier records."""
        if len(self.chunks) > 1:
            middle = len(self.chunks) // 2
            return Batch(self.chunks[:middle]), Batch(self.chunks[middle:])
        first, second = self.chunks[0].halves()
        return Batch((first,)), Batch((second,))
