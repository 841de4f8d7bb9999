"""The ledger: how far each partition is loaded, and a chain of hashes over what became of every range of offsets.

A third party that has the records can recompute every hash:

    SHA-256 of the UTF-8 bytes of these lines, each ended by a line feed:
      huiliu-ledger-1
      <hash of the entry before, hexadecimal; empty for the first of a partition>
      <topic>
      <partition>
      <first offset> <next offset>
      <records> <gaps> <accepted> <corrected> <duplicate> <stale> <quarantined>
      <SHA-256 over one byte per offset, its outcome (huiliu.outcome), hexadecimal>
      <SHA-256 over the raw records, hexadecimal>
      <rule set>
      <rule code>=<events it could not be evaluated for>   (one line per rule, sorted by code)
"""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, NamedTuple

import polars as pl
from sqlalchemy import Connection, select, text, tuple_

from huiliu.language import text as wording
from schemas.topics import parse_intake
from sinks.copy import copy
from sinks.errors import LedgerHole
from sinks.queries import query
from sinks.tables.ledger import INTAKE, OUTCOMES

Partition = tuple[str, int]

_COLUMNS: Final = pl.Schema(
    {
        "intake": pl.Int32,
        "first_offset": pl.Int64,
        "next_offset": pl.Int64,
        "records": pl.Int32,
        "gaps": pl.Int64,
        **dict.fromkeys(OUTCOMES, pl.Int32),
        "outcomes": pl.Binary,
        "raw_sha256": pl.Binary,
        "rule_set": pl.String,
        "not_evaluated": pl.String,
        "hash": pl.Binary,
    }
)


@dataclass(frozen=True, slots=True)
class Head:
    """The end of a partition's chain: ``intake`` is the number of the (topic, partition)."""

    intake: int
    topic: str
    partition: int
    next_offset: int
    hash: bytes


@dataclass(frozen=True, slots=True)
class Entry:
    """What became of the records from ``first_offset`` up to, not including, ``next_offset``.

    ``outcomes`` is one byte per offset (:mod:`huiliu.outcome`), deflated. ``accepted`` are new, ``corrected``
    superseding. ``gaps`` are offsets without a record that the broker explains.
    ``not_evaluated``: how many events each rule could not be evaluated for.
    """

    intake: int
    first_offset: int
    next_offset: int
    records: int
    gaps: int
    accepted: int
    corrected: int
    duplicate: int
    stale: int
    quarantined: int
    outcomes: bytes
    raw_sha256: bytes
    rule_set: str
    not_evaluated: Mapping[str, int]


def canonical(previous: bytes, topic: str, partition: int, entry: Entry) -> bytes:
    """The bytes that are hashed, as the module says."""
    outcomes = (entry.accepted, entry.corrected, entry.duplicate, entry.stale, entry.quarantined)
    lines = [
        "huiliu-ledger-1",
        previous.hex(),
        topic,
        str(partition),
        f"{entry.first_offset} {entry.next_offset}",
        " ".join(map(str, (entry.records, entry.gaps, *outcomes))),
        hashlib.sha256(zlib.decompress(entry.outcomes)).hexdigest(),
        entry.raw_sha256.hex(),
        entry.rule_set,
        *(f"{code}={count}" for code, count in sorted(entry.not_evaluated.items())),
    ]
    return "".join(f"{line}\n" for line in lines).encode()


def chain(previous: bytes, topic: str, partition: int, entry: Entry) -> bytes:
    """The hash of an entry, given the hash of the one before (empty for the first)."""
    return hashlib.sha256(canonical(previous, topic, partition, entry)).digest()


def lock(connection: Connection, partitions: Sequence[Partition]) -> dict[Partition, Head]:
    """The heads of these partitions, locked until the batch ends, in (topic, partition) order; missing rows are made.

    A second worker on a partition waits here and then sees what the first has loaded.
    """
    wanted = sorted(set(partitions))
    found = _locked(connection, wanted)
    missing = [partition for partition in wanted if partition not in found]
    if missing:
        # Only now, so that the sequence of numbers does not move with every batch.
        for topic, number in missing:
            connection.execute(text(_NEW_INTAKE), _new_intake(topic, number))
        found |= _locked(connection, missing)
    return {partition: found[partition] for partition in wanted}


_NEW_INTAKE = """
insert into intake (topic, partition, division, kind) values (:topic, :partition, :division, :kind)
on conflict (topic, partition) do nothing
"""


def _new_intake(topic: str, partition: int) -> dict[str, str | int | None]:
    known = parse_intake(topic)
    division, kind = (int(known.division), known.kind) if known else (None, None)
    return {"topic": topic, "partition": partition, "division": division, "kind": kind}


def _locked(connection: Connection, wanted: Sequence[Partition]) -> dict[Partition, Head]:
    topics, partitions = [topic for topic, _ in wanted], [number for _, number in wanted]
    rows = connection.execute(text(query("ledger", "lock")), {"topics": topics, "partitions": partitions})
    return {
        (row.topic, row.partition): Head(row.id, row.topic, row.partition, row.next_offset, row.hash) for row in rows
    }


def next_offsets(connection: Connection, partitions: Sequence[Partition] | None = None) -> dict[Partition, int]:
    """The next offset to load, for these partitions or for all; those never loaded are absent."""
    statement = select(INTAKE.c.topic, INTAKE.c.partition, INTAKE.c.next_offset)
    if partitions is not None:
        statement = statement.where(tuple_(INTAKE.c.topic, INTAKE.c.partition).in_(list(partitions)))
    return {(row.topic, row.partition): row.next_offset for row in connection.execute(statement)}


def append(connection: Connection, heads: Mapping[Partition, Head], entries: Sequence[Entry]) -> dict[Partition, Head]:
    """Chain these entries on, several of a partition in the order of their offsets; returns the new heads.

    Raises LedgerHole when an entry does not begin where its partition's chain ends.
    """
    ends = {head.intake: head for head in heads.values()}
    rows = []
    for entry in sorted(entries, key=lambda entry: (entry.intake, entry.first_offset)):
        head = ends[entry.intake]
        if entry.first_offset != head.next_offset:
            raise LedgerHole(
                wording(
                    f"{head.topic}[{head.partition}]：台账止于 {head.next_offset}，本批始于 {entry.first_offset}",
                    f"{head.topic}[{head.partition}]: the ledger ends at {head.next_offset},"
                    f" the chunk begins at {entry.first_offset}",
                )
            )
        digest = chain(head.hash, head.topic, head.partition, entry)
        ends[entry.intake] = replace(head, next_offset=entry.next_offset, hash=digest)
        rows.append(_row(entry, digest))
    if rows:
        copy(connection, "ledger", pl.DataFrame(rows, _COLUMNS, orient="row"))
        _advance(connection, ends, entries)
    return {(head.topic, head.partition): head for head in ends.values()}


def _row(entry: Entry, digest: bytes) -> tuple[object, ...]:
    """An entry by ``_COLUMNS``."""
    told = {name: getattr(entry, name) for name in Entry.__slots__}
    told |= {"not_evaluated": json.dumps(dict(entry.not_evaluated)), "hash": digest}
    return tuple(told[name] for name in _COLUMNS)


def _advance(connection: Connection, ends: Mapping[int, Head], entries: Sequence[Entry]) -> None:
    """Move the partitions on: their next offset, hash and totals by outcome, which readers need without the ledger."""
    numbers = sorted({entry.intake for entry in entries})
    more = {number: dict.fromkeys(OUTCOMES, 0) for number in numbers}
    for entry in entries:
        for name in OUTCOMES:
            more[entry.intake][name] += getattr(entry, name)
    told = {
        "numbers": numbers,
        "nexts": [ends[number].next_offset for number in numbers],
        "digests": [ends[number].hash for number in numbers],
        **{name: [more[number][name] for number in numbers] for name in OUTCOMES},
    }
    connection.execute(text(query("ledger", "advance")), told)


def entry_at(connection: Connection, topic: str, partition: int, offset: int) -> dict[str, Any] | None:
    """The entry whose range holds this offset; None where nothing is loaded.

    By the table's columns, with ``topic``, ``partition`` and ``previous_hash`` (empty for the first).
    """
    place = {"topic": topic, "partition": partition, "offset": offset}
    row = connection.execute(text(query("ledger", "at")), place).mappings().one_or_none()
    return None if row is None else dict(row)


class Told(NamedTuple):
    """What an entry says of its offsets: one byte for each (:mod:`huiliu.outcome`)."""

    first_offset: int
    next_offset: int
    outcomes: bytes


def over(connection: Connection, topic: str, partition: int, first: int, last: int) -> list[Told]:
    """The entries that hold any of the offsets ``first`` to ``last``, both included, in order."""
    place = {"topic": topic, "partition": partition, "first": first, "last": last}
    return [
        Told(row.first_offset, row.next_offset, zlib.decompress(row.outcomes))
        for row in connection.execute(text(query("ledger", "over")), place)
    ]


def entry_of(row: Mapping[str, Any]) -> Entry:
    """The entry that a row of table ``ledger`` stands for."""
    return Entry(**{name: row[name] for name in Entry.__slots__})
