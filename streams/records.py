"""Records of a partition as columns: what one fetch gave, without an object for each record.

A million records a minute as a million objects each is what a Python consumer spends its time on: making them, and
having the garbage collector walk them. Here a record is a row of five columns, and becomes an object only where one is
looked at by itself: in the quarantine, by the relay, in an audit.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

Offsets = npt.NDArray[np.int64]
Headers = Sequence[tuple[str, bytes | None]]


class RawRecord(Protocol):
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
    def headers(self) -> Headers: ...


class Record(NamedTuple):
    """One record. ``timestamp`` is UTC milliseconds, 0 where there is none."""

    offset: int
    timestamp: int
    key: bytes | None
    value: bytes | None
    headers: Headers


@dataclass(frozen=True, slots=True)
class Records:
    """Rows in offset order; ``timestamps`` as in :class:`Record`; ``headers`` by row, of those that have any."""

    offsets: Offsets
    timestamps: Offsets
    keys: list[bytes | None]
    values: list[bytes | None]
    headers: Mapping[int, Headers]

    @classmethod
    def of(cls, records: Sequence[RawRecord]) -> Records:
        """The columns of a client's records."""
        return cls(
            np.fromiter([one.offset for one in records], np.int64, len(records)),
            np.fromiter([one.timestamp or 0 for one in records], np.int64, len(records)),
            [one.key for one in records],
            [one.value for one in records],
            {row: tuple(one.headers) for row, one in enumerate(records) if one.headers},
        )

    @classmethod
    def join(cls, parts: Iterable[Records]) -> Records:
        """These rows one after the other; there is at least one part."""
        first, *rest = parts
        if not rest:
            return first
        joined = [first, *rest]
        begin = np.cumsum([0, *map(len, joined)]).tolist()
        return cls(
            np.concatenate([one.offsets for one in joined]),
            np.concatenate([one.timestamps for one in joined]),
            list(chain.from_iterable(one.keys for one in joined)),
            list(chain.from_iterable(one.values for one in joined)),
            {start + row: told for start, one in zip(begin, joined, strict=False) for row, told in one.headers.items()},
        )

    def __len__(self) -> int:
        return len(self.values)

    def __iter__(self) -> Iterator[Record]:
        return map(self.row, range(len(self)))

    def row(self, row: int) -> Record:
        """One record as an object."""
        return Record(
            int(self.offsets[row]),
            int(self.timestamps[row]),
            self.keys[row],
            self.values[row],
            self.headers.get(row, ()),
        )

    def part(self, start: int, stop: int | None = None) -> Records:
        """The rows from ``start`` up to, not including, ``stop`` (or the end)."""
        stop = len(self) if stop is None else stop
        return Records(
            self.offsets[start:stop],
            self.timestamps[start:stop],
            self.keys[start:stop],
            self.values[start:stop],
            {row - start: told for row, told in self.headers.items() if start <= row < stop},
        )
