"""The Kafka side of ``huiliu verify``: every loaded record is read again and held against what the ledger says of it.

For each ledger entry the records of its offsets are read from Kafka, and

- there is a record at each offset that the ledger gives an outcome, and none where it says there is a gap;
- SHA-256 over the raw records is the entry's, and so is the hash that chains it to the entry before;
- each rejected record's key and value are, byte for byte, what the quarantine keeps.

Memory holds the records of one entry at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Any, Final

import numpy as np

from commands.rereading import Bounds, Rereader
from huiliu.outcome import Outcome
from schemas.receipt import unpack_outcomes
from sinks import ledger, quarantine, reread
from sinks.ledger import Head
from sinks.proof import EXAMPLES, Check
from sinks.warehouse import Connection
from streams.chunk import Chunk
from streams.records import RawRecord, Records

Told = Callable[[int], None]

SPAN: Final = 5_000  # offsets whose rejected records are compared at once

NAMES: Final = ("kafka_kept", "kafka_records", "kafka_digests", "kafka_chain", "kafka_quarantine")


@dataclass
class Audit:
    """What was held against each other so far, and where it did not agree."""

    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(NAMES, 0))
    wrong: dict[str, list[str]] = field(default_factory=lambda: {name: [] for name in NAMES})

    def holds(self, name: str, agrees: bool, where: str, count: int = 1) -> bool:
        """Count one comparison."""
        self.counts[name] += count
        if not agrees:
            self.wrong[name].append(where)
        return agrees

    def checks(self) -> list[Check]:
        """One check for each comparison."""
        return [
            Check(
                name,
                not self.wrong[name],
                {
                    "compared": self.counts[name],
                    "wrong": len(self.wrong[name]),
                    "examples": self.wrong[name][:EXAMPLES],
                },
            )
            for name in NAMES
        ]


def audit(connection: Connection, reader: Rereader, heads: Sequence[Head], told: Told) -> list[Check]:
    """Hold the whole ledger against Kafka. ``told`` hears how many offsets are done. Raises Unavailable."""
    found, done = Audit(), 0
    bounds = reader.bounds([(head.topic, head.partition) for head in heads])
    ends = {(head.topic, head.partition): head.next_offset for head in heads}
    for head in heads:
        _kept(found, head, bounds.get((head.topic, head.partition)))
    for place, entries in groupby(reread.entries(connection), key=_place):
        first, end = bounds.get(place, (0, 0))
        records = Ahead(reader, place, min(end, ends[place]))
        for row, previous in entries:
            if first <= row["first_offset"] and row["next_offset"] <= end:
                _compare(found, connection, row, previous, records.up_to(row["first_offset"], row["next_offset"]))
            done += row["next_offset"] - row["first_offset"]
            told(done)
    return found.checks()


def _place(entry: tuple[Mapping[str, Any], bytes]) -> tuple[str, int]:
    return entry[0]["topic"], entry[0]["partition"]


def _kept(found: Audit, head: Head, bounds: Bounds | None) -> None:
    """The broker still has everything that is loaded: nothing expired, no topic gone or made anew."""
    place = f"{head.topic}[{head.partition}]"
    if bounds is None:
        found.holds("kafka_kept", head.next_offset == 0, f"{place}: 0–{head.next_offset - 1} / -")
        return
    first, end = bounds
    agrees = head.next_offset == 0 or (first == 0 and end >= head.next_offset)
    found.holds("kafka_kept", agrees, f"{place}: 0–{head.next_offset - 1} / {first}–{end - 1}")


class Ahead:
    """One partition's records, read in one go and handed out entry by entry."""

    def __init__(self, reader: Rereader, place: tuple[str, int], stop: int) -> None:
        """``stop``: the offset after the last one that will be asked for."""
        self._reader, self._place, self._stop = reader, place, stop
        self._records: Iterator[RawRecord] | None = None
        self._next: RawRecord | None = None

    def up_to(self, first: int, stop: int) -> list[RawRecord]:
        """The records from ``first`` to before ``stop``; what is asked for must rise. Raises Unavailable."""
        if self._records is None:
            self._records = self._reader.records(*self._place, first, self._stop)
            self._next = next(self._records, None)
        taken: list[RawRecord] = []
        while self._next is not None and self._next.offset < stop:
            taken.append(self._next)
            # The record after the last one wanted is not waited for.
            self._next = next(self._records, None) if self._next.offset + 1 < self._stop else None
        return taken


def _compare(
    found: Audit, connection: Connection, row: Mapping[str, Any], previous: bytes, records: Sequence[RawRecord]
) -> None:
    """One entry against the records of its offsets."""
    entry, place = ledger.entry_of(row), f"{row['topic']}[{row['partition']}]@{row['first_offset']}"
    outcomes = unpack_outcomes(entry.outcomes)
    chunk = Chunk(row["topic"], row["partition"], Records.of(records))
    expected = np.flatnonzero(outcomes != Outcome.GAP) + entry.first_offset
    differing = np.setxor1d(expected, chunk.offsets)
    where = f"{place}: {differing[:5].tolist()}" if len(differing) else place
    if not found.holds("kafka_records", not len(differing), where, len(expected)):
        return
    digest = chunk.digest()
    found.holds("kafka_digests", digest == entry.raw_sha256, place)
    chained = ledger.chain(previous, row["topic"], row["partition"], replace(entry, raw_sha256=digest))
    found.holds("kafka_chain", chained == row["hash"], place)
    rejected = {offset + entry.first_offset for offset in np.flatnonzero(outcomes == Outcome.QUARANTINED).tolist()}
    _compare_rejected(found, connection, row, {r.offset: r for r in records if r.offset in rejected})


def _compare_rejected(
    found: Audit, connection: Connection, row: Mapping[str, Any], records: Mapping[int, RawRecord]
) -> None:
    """Rejected records, some offsets at a time, against the bytes that the quarantine keeps."""
    for low in range(row["first_offset"], row["next_offset"], SPAN) if records else ():
        kept = quarantine.letters(connection, row["intake"], low, min(low + SPAN, row["next_offset"]))
        for letter in kept:
            record = records.get(letter["offset"])
            same = record is not None and (record.key, record.value) == (letter["key"], letter["value"])
            found.holds("kafka_quarantine", same, f"{row['topic']}[{row['partition']}]@{letter['offset']}")
