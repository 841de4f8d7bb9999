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

import asyncio
import json
import logging
import threading
import time
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.errors import KafkaError

from huiliu.outcome import LOADED
from schemas import contract, topics
from schemas.errors import ContractError
from sinks import ledger, outbox, quarantine
from sinks.warehouse import Connection, Warehouse
from streams.chunk import Chunk
from streams.dead_letter import DeadLetter, message_headers, unpack_headers
from streams.errors import ChangedError
from streams.receipt import receipt, unpack_outcomes
from streams.stage import Stage

logger = logging.getLogger(__name__)

#: Bytes of datums in one container, well under a topic's default limit of one megabyte.
CONTAINER_BYTES: Final = 800_000

#: Chunks told in one transaction, and how long to rest when the outbox is empty, seconds.
_CHUNKS: Final = 20
_REST: Final = 0.25

#: How long one answer of the broker may take, and how long to wait after a fault, seconds.
_PATIENCE: Final = 10.0
_AFTER_FAULT: Final = 2.0

#: How long a partition that cannot be told of is left alone, seconds.
_HELD: Final = 30.0


#: Sixteen bytes between the blocks of a container.
_SYNC: Final = b"huiliu.province."

#: A value that is null on the wire: the client refuses to send a record without key and value, others do send such.
_NOTHING: Final = object()


class Relay(threading.Thread):
    """Empties the outbox until it is stopped. Several relays share one outbox without waiting for each other.

    A broker or database that is away is waited for: nothing is lost meanwhile, the outbox only grows. A partition that
    cannot be told of (its topic was deleted) waits alone, the others are told of.
    """

    def __init__(self, warehouse: Warehouse, kafka: str) -> None:
        super().__init__(name="relay", daemon=True)
        self._warehouse, self._kafka = warehouse, kafka
        self._stopping = threading.Event()
        self._held: dict[int, float] = {}  # intake: when to try again

    def run(self) -> None:
        while not self._stopping.is_set():
            try:
                asyncio.run(self._relay())
            except Exception as fault:
                logger.error("The relay starts again; the outbox keeps what was not told: %s", fault)
                self._stopping.wait(_AFTER_FAULT)

    def stop(self) -> None:
        """What is being told is told again by the next relay if this one does not get to the end of it."""
        self._stopping.set()
        self.join(timeout=5)

    async def _relay(self) -> None:
        async with _reader(self._kafka) as reader, _writer(self._kafka) as writer:
            while not self._stopping.is_set():
                if not await self.tell(reader, writer):
                    await asyncio.sleep(_REST)

    async def tell(self, reader: AIOKafkaConsumer, writer: AIOKafkaProducer) -> int:
        """Publish what some rows of the outbox stand for; returns how many rows."""
        now = time.monotonic()
        self._held = {intake: until for intake, until in self._held.items() if until > now}
        with self._warehouse.batch() as connection:
            told = []
            for row in outbox.claim(connection, _CHUNKS, tuple(self._held)):
                if self._stopping.is_set():
                    break
                if row["intake"] in self._held:
                    continue
                try:
                    with Stage("relay", 1):
                        await _tell(connection, row, reader, writer)
                    told.append(row["id"])
                except (ChangedError, KafkaError, TimeoutError) as fault:
                    logger.error("What became of intake %d cannot be told, trying again: %s", row["intake"], fault)
                    self._held[row["intake"]] = time.monotonic() + _HELD
            outbox.done(connection, told)
        return len(told)


async def _tell(
    connection: Connection, row: Mapping[str, Any], reader: AIOKafkaConsumer, writer: AIOKafkaProducer
) -> None:
    entry = ledger.entry(connection, row["intake"], row["first_offset"])
    letters = quarantine.letters(connection, row["intake"], entry["first_offset"], entry["next_offset"])
    sent = [await writer.send(**message) async for message in _messages(reader, entry, letters)]
    await asyncio.wait_for(asyncio.gather(*sent), _PATIENCE)


async def _messages(
    reader: AIOKafkaConsumer, entry: Mapping[str, Any], letters: Sequence[Mapping[str, Any]]
) -> AsyncIterator[dict[str, Any]]:
    _, division, kind = entry["topic"].split(".")
    async for message in _province(reader, entry, kind):
        yield message
    for letter in letters:
        dead = _dead_letter(entry, letter)
        yield {
            "topic": topics.quarantine_topic(division),
            "key": dead.key,
            "value": _NOTHING if dead.value is None else dead.value,
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


async def _province(reader: AIOKafkaConsumer, entry: Mapping[str, Any], kind: str) -> AsyncIterator[dict[str, Any]]:
    outcomes = unpack_outcomes(entry["outcomes"])
    wanted = np.flatnonzero(np.isin(outcomes, LOADED)) + entry["first_offset"]
    if not len(wanted):
        return
    loaded = await _loaded(reader, entry, wanted)
    for number, (offsets, body) in enumerate(_containers(loaded)):
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


async def _loaded(
    reader: AIOKafkaConsumer, entry: Mapping[str, Any], wanted: npt.NDArray[np.int64]
) -> list[tuple[int, bytes]]:
    """(offset, value) of the accepted records of the chunk, as the intake topic still has them."""
    place, last = TopicPartition(entry["topic"], entry["partition"]), entry["next_offset"] - 1
    reader.assign([place])
    reader.seek(place, entry["first_offset"])
    records: list[Any] = []
    while not records or records[-1].offset < last:
        polled = (await reader.getmany(place, timeout_ms=int(_PATIENCE * 1000))).get(place, [])
        if not polled:
            raise TimeoutError(f"{place} gave nothing within {_PATIENCE:.0f} s")
        records += polled
    chunk = Chunk(place.topic, place.partition, [record for record in records if record.offset <= last])
    if chunk.digest() != entry["raw_sha256"]:
        raise ChangedError(place.topic, place.partition, entry["first_offset"], last)
    chosen = set(wanted.tolist())
    return [(record.offset, record.value or b"") for record in chunk.records if record.offset in chosen]


def _containers(records: Sequence[tuple[int, bytes]]) -> Iterator[tuple[list[int], bytes]]:
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
    if found is None:
        raise ContractError("schema id", schema_id, "an id of the manifest: accepted records have a known schema")
    # Written here, not by fastavro: its header depends on the process, and the same chunk must give the same bytes.
    schema = json.dumps(found.schema, ensure_ascii=False, separators=(",", ":")).encode()
    meta = b"".join(_long(len(part)) + part for part in (b"avro.codec", b"null", b"avro.schema", schema))
    block = b"".join(datums)
    head = b"Obj\x01" + _long(2) + meta + _long(0) + _SYNC
    return head + _long(len(datums)) + _long(len(block)) + block + _SYNC


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


def _reader(kafka: str) -> AIOKafkaConsumer:
    return AIOKafkaConsumer(
        bootstrap_servers=kafka.split(","),
        group_id=None,
        enable_auto_commit=False,
        isolation_level="read_committed",
        max_partition_fetch_bytes=4 << 20,
    )


def _writer(kafka: str) -> AIOKafkaProducer:
    return AIOKafkaProducer(
        bootstrap_servers=kafka.split(","),
        acks="all",
        enable_idempotence=True,
        linger_ms=5,
        max_request_size=18 << 20,
        value_serializer=lambda value: None if value is _NOTHING else value,
    )
