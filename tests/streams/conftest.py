"""What live tests and drills of the streams share: sending, reading back from Kafka, and the proof of the invariants.

``prove`` is the check that has to hold after anything: every record that Kafka has is in the ledger exactly once, with
the digest of its bytes; ledger, facts, history, quarantine and rollups agree; figures equal the answer key.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing
from typing import Any

import numpy as np
import pytest
from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from sqlalchemy import text

from huiliu.kafka import Cluster
from huiliu.outcome import Outcome
from schemas import topics
from schemas.receipt import unpack_outcomes
from simulation.answer_key import AnswerKey, compare
from simulation.province import KINDS, Province
from sinks import proof, summary
from streams.chunk import digest
from streams.records import Records

Hub = Any
Prove = Callable[..., None]


def records_of(kafka: Cluster, names: Iterable[str]) -> dict[tuple[str, int], list[Any]]:
    """Every record of these topics that a reader of committed records sees, by partition."""
    found: dict[tuple[str, int], list[Any]] = defaultdict(list)
    with closing(
        KafkaConsumer(
            **kafka.kafka_python(),
            group_id=None,
            isolation_level="read_committed",
            fetch_max_bytes=64 << 20,
            max_partition_fetch_bytes=32 << 20,
            max_poll_records=10_000,
        )
    ) as reader:
        places = [TopicPartition(name, part) for name in names for part in reader.partitions_for_topic(name) or ()]
        reader.assign(places)
        for place in places:
            reader.seek(place, 0)
        ends = reader.end_offsets(places)
        while any(reader.position(place) < ends[place] for place in places):
            for place, records in reader.poll(timeout_ms=1000).items():
                found[place.topic, place.partition] += records
    return found


def intake_topics(hub: Hub) -> list[str]:
    with closing(KafkaConsumer(**hub.kafka.kafka_python(), group_id=None)) as reader:
        return sorted(name for name in reader.topics() if topics.parse_intake(name))


def entries_of(hub: Hub) -> dict[tuple[str, int], list[Mapping[str, Any]]]:
    """The ledger's rows in order, by partition."""
    found: dict[tuple[str, int], list[Mapping[str, Any]]] = defaultdict(list)
    joined = "ledger l join intake i on i.id = l.intake"
    statement = f"select i.topic, i.partition, l.* from {joined} order by topic, partition, first_offset"
    with hub.warehouse.read() as connection:
        for row in connection.execute(text(statement)).mappings():
            found[row["topic"], row["partition"]].append(dict(row))
    return found


def broken(hub: Hub, key: AnswerKey | None) -> list[str]:
    """Everything that does not hold; empty when all does."""
    wrong: list[str] = []
    sent, told = records_of(hub.kafka, intake_topics(hub)), entries_of(hub)
    for place in sent.keys() | told.keys():
        wrong += _against_kafka(place, sent[place], told[place])
    with hub.warehouse.read() as connection:
        wrong += [f"{check.name}: {check.detail}" for check in proof.verify(connection) if not check.ok]
        figures = summary.summary(connection)
    if key is not None:
        wrong += [str(one) for one in compare(key, figures)]
    return wrong


def _against_kafka(place: tuple[str, int], records: list[Any], entries: list[Mapping[str, Any]]) -> Iterator[str]:
    """Each record once, each gap without a record, each digest that of the bytes Kafka has."""
    by_offset = {record.offset: record for record in records}
    expected = 0
    for entry in entries:
        first, stop = entry["first_offset"], entry["next_offset"]
        if first != expected:
            yield f"{place}: the ledger goes on at {first}, not at {expected}"
        expected = stop
        inside = [by_offset[offset] for offset in range(first, stop) if offset in by_offset]
        outcomes = unpack_outcomes(entry["outcomes"])
        gaps = {int(offset) + first for offset in np.flatnonzero(outcomes == int(Outcome.GAP))}
        if gaps != set(range(first, stop)) - by_offset.keys():
            yield f"{place}@{first}: the gaps are not where Kafka has no record: {sorted(gaps)[:10]}"
        if digest(Records.of(inside)) != entry["raw_sha256"]:
            yield f"{place}@{first}: the digest is not that of the records"
    if records and records[-1].offset >= expected:
        yield f"{place}: records from {expected} to {records[-1].offset} are not in the ledger"


@pytest.fixture
def prove(hub: Hub) -> Prove:
    """Fails, saying what does not hold; with an answer key also where the figures differ from it."""

    def proving(key: AnswerKey | None = None) -> None:
        wrong = broken(hub, key)
        assert not wrong, f"{len(wrong)} things do not hold:\n" + "\n".join(wrong[:40]) + f"\n{hub.log()}"

    return proving


@pytest.fixture
def settle_until(hub: Hub) -> Callable[..., None]:
    """Waits for a condition, looking often; fails naming it, with the worker's log."""

    def waiting(condition: Callable[[], object], what: str, patience: float = 60.0) -> None:
        deadline = time.monotonic() + patience
        while not condition():
            assert time.monotonic() < deadline, f"not within {patience:.0f} s: {what}\n{hub.log()}"
            time.sleep(0.2)

    return waiting


@pytest.fixture
def read_topics() -> Callable[[str, Iterable[str]], dict[tuple[str, int], list[Any]]]:
    return records_of


@pytest.fixture
def producer(hub: Hub) -> Iterator[KafkaProducer]:
    """A stock client that sends whatever bytes it is given."""
    with closing(
        KafkaProducer(**hub.kafka.kafka_python(), acks="all", max_request_size=16 << 20, linger_ms=5)
    ) as client:
        yield client


@pytest.fixture
def settled(hub: Hub) -> Callable[[Province], None]:
    """Registers a province's publishers and has its outlets loaded: what must be there before readings come."""

    def settling(province: Province) -> None:
        from simulation.publisher import connected

        for division in province.publishers:
            hub.publish_for(division, *KINDS)
        with connected(hub.kafka) as publisher:
            sent = publisher.send(province.registrations()).records
        if not hub.workers:
            hub.worker()
        hub.wait_for(sent)

    return settling
