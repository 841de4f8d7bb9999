"""A batch: chunks of several partitions, validated and committed together (step 1 of the batch)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl

from streams.chunk import Chunk
from streams.records import Records

#: The order in which kinds are settled: what others refer to comes first.
KIND_ORDER = ("registration", "project", "award", "indicator", "nil", "response", "reading")


@dataclass(frozen=True)
class KindRecords:
    """The records of one kind in a batch. `row` in every frame of this kind is a position in `records`.

    ``chunks`` are the numbers of the chunks in the batch, ``bounds`` the rows where each begins (and the end of the
    last).
    """

    kind: str
    records: Records
    chunks: tuple[int, ...]
    bounds: tuple[int, ...]
    publishers: tuple[str, ...]

    @property
    def values(self) -> list[bytes | None]:
        return self.records.values

    def rows_of_chunks(self) -> Iterator[tuple[int, slice]]:
        """(number of the chunk in the batch, its rows)."""
        for chunk, start, stop in zip(self.chunks, self.bounds[:-1], self.bounds[1:], strict=True):
            yield chunk, slice(start, stop)

    def provenance(self) -> pl.DataFrame:
        """One line per row: chunk Int32, offset Int64, received_at Int64 (UTC ms), publisher String."""
        sizes = np.diff(self.bounds)
        return pl.DataFrame(
            {
                "chunk": np.repeat(np.array(self.chunks, np.int32), sizes),
                "offset": self.records.offsets,
                "received_at": self.records.timestamps,
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
        parts: dict[tuple[str, int], list[Chunk]] = {}
        for chunk in chunks:
            before = parts.setdefault(chunk.place, [])
            fresh = chunk.since(int(before[-1].offsets[-1]) + 1) if before else chunk
            if len(fresh.records):
                before.append(fresh)
        return cls(
            tuple(Chunk(*place, Records.join(one.records for one in found)) for place, found in parts.items() if found)
        )

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
            Records.join(chunk.records for chunk in mine),
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
