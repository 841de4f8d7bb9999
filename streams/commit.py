"""Steps 4 to 11 of the batch: one transaction, all of it or nothing.

1.  Chunks of several partitions are a batch (:mod:`streams.batch`).
2.  Decoded and judged by themselves (:mod:`streams.prepare`).
3.  Folded in the order they were read (:mod:`streams.fold`, inside 6).
4.  Lock the ledger rows of the batch's partitions, always in the same order; drop records below ``next_offset``; a hole
    is an error unless the broker explained it.
5.  Probe the current rows of the natural keys and lock them in key order.
6.  Judge reference and history rules; decide each event.
7.  Write: new rows straight in, superseded ones to history.
8.  Rollups: the difference that was made.
9.  Quarantine and findings; what the records cite is closed or linked (:mod:`streams.closing`).
10. Outbox: one row per chunk.
11. Ledger: next offset, outcomes, hash. Commit. Only then may the chunks be acknowledged.

If the worker dies before the commit, all of it is undone and the records come again; if it dies after the commit and
before the acknowledgement, they come again too, and step 4 drops them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence, Set
from dataclasses import replace
from typing import Final

import numpy as np
import polars as pl

from huiliu.outcome import Outcome
from schemas.receipt import pack_outcomes
from sinks import ledger, outbox, quarantine, register
from sinks.warehouse import Connection, Warehouse
from streams import closing
from streams.batch import Batch
from streams.chunk import Chunk
from streams.dead_letter import pack_headers
from streams.drill import Drill
from streams.errors import HoleError
from streams.prepare import Prepared, layer_of
from streams.settle import Settlement, settle
from streams.stage import Stage, committed, corrected
from validators.catalogue import RULE_SET
from validators.finding import pattern

Heads = Mapping[tuple[str, int], ledger.Head]

#: A row that was loaded by an earlier batch: it has its outcome in the ledger already.
_SEEN: Final = 254


class Committer:
    """Commits batches one after the other; remembers the register of outlets between them."""

    def __init__(self, warehouse: Warehouse, shard: int, drill: Drill) -> None:
        self._warehouse, self._shard, self._drill = warehouse, shard, drill
        self._register: register.Register | None = None

    def commit(self, batch: Batch, prepared: Sequence[Prepared], explained: Set[tuple[str, int, int]]) -> None:
        """Steps 4 to 11. ``explained`` are (topic, partition, offset) before which the broker has nothing more.

        Raises HoleError, and what :mod:`sinks.errors` has; then nothing was changed.
        """
        with Stage("commit", batch.size), self._warehouse.batch() as connection:
            heads = ledger.lock(connection, [chunk.place for chunk in batch.chunks])
            kinds = [_unseen(one, batch, heads) for one in prepared]
            _refuse_holes(batch, heads, explained)
            self._drill.reached("4")
            self._settle(connection, kinds)
            with Stage("quarantine", batch.size):
                closed = _write_quarantine(connection, kinds)
            self._drill.reached("9")
            entries = _entries(batch, kinds, heads)
            with Stage("outbox", batch.size):
                outbox.append(connection, heads, entries)
            self._drill.reached("10")
            with Stage("ledger", batch.size):
                ledger.append(connection, heads, entries)
            self._drill.reached("11")
        committed(heads, entries)
        corrected(closed)
        self._drill.reached("committed")

    def _settle(self, connection: Connection, kinds: Sequence[Prepared]) -> None:
        """Steps 5 to 8, kind after kind. Registrations come first, and the register is read after them."""
        exclusive = any(one.kind == "registration" for one in kinds)
        known = register.load(connection, self._register, exclusive=exclusive)
        for one in kinds:
            settle(one, Settlement(connection, known, self._shard, self._drill))
            if one.kind == "registration":
                known = register.load(connection, known, exclusive=True)
        self._register = known


def _unseen(prepared: Prepared, batch: Batch, heads: Heads) -> Prepared:
    """A copy to work on, without the records that the ledger has already."""
    floors = np.array([heads[chunk.place].next_offset for chunk in batch.chunks], np.int64)
    place = prepared.provenance["chunk"].to_numpy()
    seen = prepared.provenance["offset"].to_numpy() < floors[place]
    copy = replace(prepared, outcomes=prepared.outcomes.copy())
    intakes = np.array([heads[chunk.place].intake for chunk in batch.chunks], np.int32)
    if seen.any():
        copy.outcomes[seen] = _SEEN
        gone = pl.Series(np.flatnonzero(seen), dtype=pl.UInt32).implode()
        copy.events = copy.events.filter(~pl.col("row").is_in(gone))
        copy.findings = copy.findings.filter(~pl.col("row").is_in(gone))
    copy.provenance = copy.provenance.hstack([pl.Series("intake", intakes[place])])
    copy.events = copy.events.hstack([pl.Series("intake", intakes[copy.events["chunk"].to_numpy()])])
    return copy


def _refuse_holes(batch: Batch, heads: Heads, explained: Set[tuple[str, int, int]]) -> None:
    for chunk in batch.chunks:
        expected, found = heads[chunk.place].next_offset, int(chunk.offsets[0])
        if found > expected and (*chunk.place, found) not in explained:
            raise HoleError(chunk.topic, chunk.partition, expected, found)


def _write_quarantine(connection: Connection, kinds: Sequence[Prepared]) -> list[tuple[str, float]]:
    """Step 9: the rejected records, what they and others cite, all findings, also warnings of what was loaded.

    Returns the kind of each matter that is closed by it, and the seconds that it was open.
    """
    for one in kinds:
        rows = np.flatnonzero(one.outcomes == int(Outcome.QUARANTINED))
        if len(rows):
            quarantine.write(connection, _quarantined(one, rows))
    closed = closing.follow(connection, kinds, _SEEN)
    for one in kinds:
        if one.findings.height:
            quarantine.write_findings(connection, _located(one))
    return closed


def _located(prepared: Prepared) -> pl.DataFrame:
    """The findings with the coordinates of their records, the publisher's own reference and the form of the value."""
    found = prepared.findings
    return found.hstack(prepared.provenance[found["row"]]).with_columns(
        source_ref=prepared.source_refs(found["row"]), pattern=pattern(pl.col("value"))
    )


def _quarantined(prepared: Prepared, rows: np.ndarray) -> pl.DataFrame:
    """Rejected records as the quarantine keeps them: bytes verbatim."""
    records = [prepared.source.records.row(row) for row in rows.tolist()]
    worst = prepared.findings.filter(pl.col("severity") == "error").group_by("row", maintain_order=True).first()
    layers = {row: layer_of(code) for row, code in worst.select("row", "code").iter_rows()}
    awaited = awaits(prepared.findings)
    return (
        prepared.provenance[rows]
        .select("intake", "offset", "received_at", "publisher")
        .with_columns(
            pl.Series("key", [record.key for record in records], pl.Binary),
            pl.Series("value", [record.value for record in records], pl.Binary),
            pl.Series("headers", [pack_headers(record.headers) for record in records], pl.Binary),
            pl.Series("layer", [layers[int(row)] for row in rows], pl.String),
            pl.lit(prepared.kind).alias("kind"),
            pl.lit(RULE_SET).alias("rule_set"),
            pl.lit(json.dumps(prepared.not_evaluated)).alias("not_evaluated"),
            pl.Series("awaits", [awaited.get(int(row)) for row in rows], pl.String),
        )
        .with_columns(status=pl.when(pl.col("awaits").is_null()).then(pl.lit("open")).otherwise(pl.lit("waiting")))
    )


def awaits(findings: pl.DataFrame) -> dict[int, str]:
    """Rows that only want a registration, with the monitor (MN) that has none yet: they wait for it."""
    if "RD-OUTLET-01" not in findings["code"]:
        return {}
    errors = findings.filter(pl.col("severity") == "error").group_by("row").agg("code", pl.col("value").first())
    only = errors.filter(pl.col("code") == ["RD-OUTLET-01"], pl.col("value").is_not_null())
    return dict(only.select("row", "value").iter_rows())


def _entries(batch: Batch, kinds: Sequence[Prepared], heads: Heads) -> list[ledger.Entry]:
    """Step 11: an entry for each chunk with something new, from the ledger's offset to the end of the chunk."""
    entries = []
    for one in kinds:
        for number, rows in one.source.rows_of_chunks():
            chunk, outcomes = batch.chunks[number], one.outcomes[rows]
            head = heads[chunk.place]
            if chunk.offsets[-1] >= head.next_offset:
                entries.append(
                    _entry(chunk.since(head.next_offset), outcomes[outcomes != _SEEN], head, one.not_evaluated)
                )
    return entries


def _entry(chunk: Chunk, outcomes: np.ndarray, head: ledger.Head, not_evaluated: Sequence[str]) -> ledger.Entry:
    first, stop = head.next_offset, int(chunk.offsets[-1]) + 1
    by_offset = np.full(stop - first, int(Outcome.GAP), np.uint8)
    by_offset[chunk.offsets - first] = outcomes
    counts = np.bincount(by_offset, minlength=len(Outcome)).tolist()
    return ledger.Entry(
        intake=head.intake,
        first_offset=first,
        next_offset=stop,
        records=len(chunk.records),
        gaps=counts[Outcome.GAP],
        accepted=counts[Outcome.ACCEPTED],
        corrected=counts[Outcome.CORRECTED],
        duplicate=counts[Outcome.DUPLICATE],
        stale=counts[Outcome.STALE],
        quarantined=counts[Outcome.QUARANTINED],
        outcomes=pack_outcomes(by_offset),
        raw_sha256=chunk.digest(),
        rule_set=RULE_SET,
        not_evaluated=dict.fromkeys(not_evaluated, int((outcomes <= Outcome.CORRECTED).sum())),
    )
