"""The relay: what was committed is told to others, after the commit and never before.

The outbox has one row per loaded chunk. For each one the relay publishes, in this order,

1. to ``province.<kind>``: the accepted events of the chunk, as Avro object container files of the datums that were sent
   (one message per file, at most ``CONTAINER_BYTES``), read again from the intake topic by their offsets;
2. to ``quarantine.<division>``: each quarantined record, verbatim;
3. to ``receipts.<division>``: the receipt;

waits until the broker has them all, and only then marks the row as done. A relay that dies in between sends them again
under the same ids (header ``huiliu.id``).
"""

from __future__ import annotations

import io
import logging
import threading
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import fastavro
import numpy as np
from kafka import KafkaConsumer, KafkaProducer, TopicPartition

from huiliu.outcome import LOADED, Outcome
from schemas import contract, topics
from sinks import ledger, outbox, quarantine
from sinks.warehouse import Warehouse
from streams.dead_letter import DeadLetter, message_headers, unpack_headers
from streams.receipt import receipt, unpack_outcomes

logger = logging.getLogger(__name__)

#: Bytes of datums in one container, well under a topic's default limit of one megabyte.
CONTAINER_BYTES: Final = 800_000

#: Chunks told in one transaction, and how long to rest when the outbox is empty, seconds.
_CHUNKS: Final = 20
_REST: Final = 0.25


class Relay(threading.Thread):
    """Empties the outbox until it is stopped. Several relays share one outbox without waiting for each other."""

    def __init__(self, warehouse: Warehouse, kafka: str) -> None:
        super().__init__(name="relay", daemon=True)
        self._warehouse, self._kafka = warehouse, kafka
        self._stopping = threading.Event()
        self.fault: Exception | None = None

    def run(self) -> None:
        try:
            with _reader(self._kafka) as reader, _writer(self._kafka) as writer:
                while not self._stopping.is_set():
                    if not self.tell(reader, writer):
                        self._stopping.wait(_REST)
        except Exception as fault:
            logger.exception("The relay stopped; nothing is lost, the outbox keeps what was not told")
            self.fault = fault

    def stop(self) -> None:
        self._stopping.set()
        self.join(timeout=10)

    def tell(self, reader: KafkaConsumer, writer: KafkaProducer) -> int:
        """Publish what some rows of the outbox stand for; returns how many rows."""
        with self._warehouse.batch() as connection:
            rows = outbox.claim(connection, _CHUNKS)
            for row in rows:
                entry = ledger.entry(connection, row["intake"], row["first_offset"])
                letters = quarantine.letters(connection, row["intake"], entry["first_offset"], entry["next_offset"])
                sent = [writer.send(**message) for message in _messages(reader, entry, letters)]
                writer.flush()
                for future in sent:
                    future.get(timeout=30)
            outbox.done(connection, [row["id"] for row in rows])
        return len(rows)


def _messages(
    reader: KafkaConsumer, entry: Mapping[str, Any], letters: Sequence[Mapping[str, Any]]
) -> Iterator[dict[str, Any]]:
    parsed = topics.parse_intake(entry["topic"])
    assert parsed is not None, "only intake topics have a ledger"
    division, kind = parsed
    yield from _province(reader, entry, kind)
    for letter in letters:
        dead = _dead_letter(entry, letter)
        yield {
            "topic": topics.quarantine_topic(division),
            "key": dead.key,
            "value": dead.value,
            "headers": message_headers(dead),
        }
    body = receipt(entry)
    identity = f"{entry['topic']}-{entry['partition']}-{entry['first_offset']}"
    yield {
        "topic": topics.receipts_topic(division),
        "key": f"{entry['topic']}-{entry['partition']}".encode(),
        "value": body,
        "headers": [("huiliu.id", identity.encode()), ("content-type", b"application/json")],
    }


def _province(reader: KafkaConsumer, entry: Mapping[str, Any], kind: str) -> Iterator[dict[str, Any]]:
    outcomes = unpack_outcomes(entry["outcomes"])
    wanted = np.flatnonzero(np.isin(outcomes, LOADED)) + entry["first_offset"]
    if not len(wanted):
        return
    for number, (offsets, body) in enumerate(_containers(_loaded(reader, entry, set(wanted.tolist())), kind)):
        identity = f"{entry['topic']}-{entry['partition']}-{offsets[0]}"
        yield {
            "topic": topics.province_topic(kind),
            "key": f"{entry['topic']}-{entry['partition']}".encode(),
            "value": body,
            "headers": [
                ("huiliu.id", identity.encode()),
                ("huiliu.part", str(number).encode()),
                ("huiliu.topic", entry["topic"].encode()),
                ("huiliu.partition", str(entry["partition"]).encode()),
                ("huiliu.offsets", ",".join(map(str, offsets)).encode()),
                ("content-type", b"avro/binary"),
            ],
        }


def _loaded(reader: KafkaConsumer, entry: Mapping[str, Any], wanted: set[int]) -> Iterator[tuple[int, bytes]]:
    """(offset, value) of the accepted records of the chunk, as the intake topic still has them."""
    place = TopicPartition(entry["topic"], entry["partition"])
    reader.assign([place])
    reader.seek(place, entry["first_offset"])
    last = max(wanted)
    while True:
        polled = reader.poll(timeout_ms=30_000).get(place, [])
        if not polled:
            raise TimeoutError(f"{place} gave nothing at {reader.position(place)} within 30 s")
        for record in polled:
            if record.offset in wanted:
                yield record.offset, record.value
            if record.offset >= last:
                return


def _containers(records: Iterator[tuple[int, bytes]], kind: str) -> Iterator[tuple[list[int], bytes]]:
    """Avro object container files, each of datums of one contract version in offset order."""
    offsets: list[int] = []
    datums: list[bytes] = []
    schema_id = size = 0
    for offset, value in records:
        identifier = int.from_bytes(value[1:5], "big")
        if datums and (identifier != schema_id or size + len(value) > CONTAINER_BYTES):
            yield offsets, container(schema_id, datums)
            offsets, datums, size = [], [], 0
        schema_id = identifier
        offsets.append(offset)
        datums.append(value[5:])
        size += len(value)
    if datums:
        yield offsets, container(schema_id, datums)


def container(schema_id: int, datums: Sequence[bytes]) -> bytes:
    """An Avro object container file with one block, made of datums that are already encoded."""
    found = contract.by_id(schema_id)
    assert found is not None, "an accepted record has a known schema"
    head = io.BytesIO()
    fastavro.writer(head, fastavro.parse_schema(found.schema), [], sync_marker=b"huiliu.province.")
    block = b"".join(datums)
    return head.getvalue() + _long(len(datums)) + _long(len(block)) + block + b"huiliu.province."


def _long(number: int) -> bytes:
    """Avro's zig-zag variable-length long, for numbers of 0 and more."""
    number <<= 1
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


def _dead_letter(entry: Mapping[str, Any], letter: Mapping[str, Any]) -> DeadLetter:
    return DeadLetter(
        topic=entry["topic"],
        partition=entry["partition"],
        offset=letter["offset"],
        key=letter["key"],
        value=letter["value"],
        headers=unpack_headers(letter["headers"]),
        layer=letter["layer"],
        rule_set=entry["rule_set"],
        findings=letter["findings"],
    )


def _reader(kafka: str) -> KafkaConsumer:
    return KafkaConsumer(
        bootstrap_servers=kafka.split(","),
        group_id=None,
        enable_auto_commit=False,
        isolation_level="read_committed",
        fetch_max_bytes=32 << 20,
        max_partition_fetch_bytes=8 << 20,
        max_poll_records=20_000,
    )


def _writer(kafka: str) -> KafkaProducer:
    return KafkaProducer(
        bootstrap_servers=kafka.split(","), acks="all", enable_idempotence=True, linger_ms=5, max_request_size=17 << 20
    )


__all__ = ["CONTAINER_BYTES", "Outcome", "Relay", "container"]
