"""A warehouse with millions of readings, written by the functions that a batch uses, without Kafka and rules.

The generator says what becomes of each event, so nothing has to be judged: accepted readings are fresh facts, corrected
ones supersede them, rejected ones go to the quarantine with a finding, and ledger entries cover them all. A batch has
100,000 events, a ledger entry 50 offsets: a backlog's batches, a live hub's entries, the harder of both for reading.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl
from sqlalchemy import Connection

from huiliu.outcome import Outcome
from schemas import topics
from schemas.contract import contract
from schemas.decode import decode
from schemas.receipt import pack_outcomes
from simulation.publication import Publication
from simulation.slab import Slab
from sinks import facts, ledger, quarantine, register, rollups
from sinks.register import Register
from sinks.warehouse import Warehouse
from streams.dead_letter import pack_headers
from validators.catalogue import RULE_SET

#: Offsets of one ledger entry.
ENTRY: Final = 50

#: Filled partitions come after those that the broker has, so that no worker ever meets them.
PARTITIONS: Final = (4, 5, 6, 7)


@dataclass
class Filling:
    """Fills a warehouse slab by slab; outlets must be registered."""

    warehouse: Warehouse
    shard: int = 1
    readings: int = 0  #: facts written so far

    def register(self, registrations: Sequence[Publication]) -> None:
        """The outlets of these registrations, written as a batch writes them, without ledger."""
        frame = decode("registration", [one.value for one in registrations], record_bytes=1 << 20).frame
        events = frame.drop("row").with_columns(
            flagged=pl.lit(False), received_at=pl.col("reported_at"), intake=pl.lit(0, pl.Int32),
            content=pl.lit(0, pl.Int64), offset=pl.int_range(pl.len(), dtype=pl.Int64),
        )  # fmt: skip
        with self.warehouse.batch() as connection:
            register.load(connection, None, exclusive=True)
            rows = facts.encode("registration", events)
            facts.write(connection, "registration", rows, rows.clear(), rows.clear(), rows.clear())

    def load(self, slab: Slab) -> None:
        """One slab as one batch."""
        with self.warehouse.batch() as connection:
            known = register.load(connection, None)
            events, entries = _placed(connection, slab)
            self._write(connection, events, known)
            _refuse(connection, events)
            ledger.append(connection, entries.heads, entries.rows)

    def _write(self, connection: Connection, events: pl.DataFrame, known: Register) -> None:
        """Accepted readings as fresh facts, then the newest correction of each in its place."""
        key = list(contract("reading").key)
        accepted, corrected = (
            facts.encode("reading", _of(events, outcome), known) for outcome in (Outcome.ACCEPTED, Outcome.CORRECTED)
        )
        stored = ["outlet", "pollutant", "period", "start"]
        corrected = corrected.sort("revision").unique(stored, keep="last")
        none = accepted.clear()
        facts.write(connection, "reading", accepted, none, none, none)
        rollups.apply(connection, "reading", accepted, none, self.shard)
        if corrected.height:
            former = facts.encode(
                "reading", facts.probe(connection, "reading", _of(events, Outcome.CORRECTED).select(key), known), known
            )
            facts.write(connection, "reading", none, corrected, former, none)
            rollups.apply(connection, "reading", corrected, former, self.shard)
        self.readings += accepted.height


@dataclass(frozen=True)
class _Entries:
    heads: dict[ledger.Partition, ledger.Head]
    rows: list[ledger.Entry]


def _of(events: pl.DataFrame, outcome: Outcome) -> pl.DataFrame:
    return events.filter(pl.col("outcome") == int(outcome)).drop("outcome", "code", "city", "position")


def _placed(connection: Connection, slab: Slab) -> tuple[pl.DataFrame, _Entries]:
    """The slab's events with provenance, and the entries for their offsets: each monitor keeps to one partition."""
    partition = pl.col("mn").hash() % len(PARTITIONS) + PARTITIONS[0]
    events = slab.frame.select(
        *contract("reading").names, "city", "outcome", "code", pl.col("limit").alias("limit__value")
    ).with_row_index("position")
    events = events.with_columns(
        partition=partition.cast(pl.Int32), publisher=pl.col("city"), flagged=pl.lit(False),
        received_at=pl.col("reported_at"),
        content=pl.struct(contract("reading").names).hash().reinterpret(signed=True),
    )  # fmt: skip
    places = sorted({(topics.intake_topic(city, "reading"), number) for city, number in _pairs(events)})
    heads = ledger.lock(connection, places)
    known = pl.DataFrame(
        [(topic.split(".")[1], number, head.intake, head.next_offset) for (topic, number), head in heads.items()],
        schema={"city": pl.String, "partition": pl.Int32, "intake": pl.Int32, "next": pl.Int64},
        orient="row",
    )
    placed = events.join(known, on=["city", "partition"], maintain_order="left").with_columns(
        offset=pl.col("next") + pl.int_range(pl.len()).over("intake")
    )
    return placed.drop("partition", "next"), _Entries(heads, list(_entries(placed)))


def _pairs(events: pl.DataFrame) -> Iterator[tuple[str, int]]:
    return events.select("city", "partition").unique().iter_rows()


def _entries(placed: pl.DataFrame) -> Iterator[ledger.Entry]:
    for (intake,), rows in placed.sort("offset").group_by("intake", maintain_order=True):
        outcomes = rows["outcome"].to_numpy()
        first = int(rows["offset"][0])
        for start in range(0, len(outcomes), ENTRY):
            yield _entry(int(str(intake)), first + start, outcomes[start : start + ENTRY])


def _entry(intake: int, first: int, outcomes: np.ndarray) -> ledger.Entry:
    counts = np.bincount(outcomes, minlength=len(Outcome)).tolist()
    return ledger.Entry(
        intake=intake,
        first_offset=first,
        next_offset=first + len(outcomes),
        records=len(outcomes),
        gaps=0,
        accepted=counts[Outcome.ACCEPTED],
        corrected=counts[Outcome.CORRECTED],
        duplicate=counts[Outcome.DUPLICATE],
        stale=counts[Outcome.STALE],
        quarantined=counts[Outcome.QUARANTINED],
        outcomes=pack_outcomes(outcomes),
        raw_sha256=hashlib.sha256(outcomes.tobytes()).digest(),
        rule_set=RULE_SET,
        not_evaluated={},
    )


def _refuse(connection: Connection, events: pl.DataFrame) -> None:
    """Rejected events with the code that the generator meant them to earn."""
    rejected = events.filter(pl.col("outcome") == int(Outcome.QUARANTINED))
    records = rejected.select(
        "intake", "offset", "received_at", "publisher",
        key=pl.col("mn").cast(pl.Binary),
        value=pl.format("{} {} {} {}", "mn", "pollutant", "period", "start").cast(pl.Binary),
        headers=pl.lit(pack_headers(()), pl.Binary),
        layer=pl.lit("event"), kind=pl.lit("reading"), rule_set=pl.lit(RULE_SET), not_evaluated=pl.lit("[]"),
        status=pl.lit("open"), awaits=pl.lit(None, pl.String),
    )  # fmt: skip
    quarantine.write(connection, records)
    told = dict.fromkeys(
        ("value", "expected", "difference", "suggestion", "source_ref", "pattern"), pl.lit(None, pl.String)
    )
    found = rejected.select("intake", "offset", "code", severity=pl.lit("error"), field=pl.lit("average"), **told)
    quarantine.write_findings(connection, found)
