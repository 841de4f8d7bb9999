"""Chunks read again from Kafka, many partitions in one go: what was committed is told from the bytes that were sent.

The reader is assigned what is wanted and nothing once it is there: a consumer left on a partition goes on asking the
broker for what comes next, and the broker answers nothing else on that connection until it has waited.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import numpy as np
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from huiliu.kafka import Cluster
from streams.chunk import Chunk
from streams.errors import ChangedError
from streams.records import Records

#: Seconds without a record of any of the partitions after which reading is given up.
_PATIENCE: Final = 10.0

Entry = Mapping[str, Any]  #: a row of the ledger with topic and partition
Place = tuple[str, int]


def reader(kafka: Cluster) -> AIOKafkaConsumer:
    """A consumer for :func:`read`. It asks only for what is there, so the broker need not wait for more."""
    return AIOKafkaConsumer(
        **kafka.aiokafka(),
        group_id=None,
        enable_auto_commit=False,
        isolation_level="read_committed",
        max_partition_fetch_bytes=4 << 20,
        fetch_max_wait_ms=5,
    )


async def read(consumer: AIOKafkaConsumer, entries: Sequence[Entry]) -> dict[Place, Records]:
    """The records of these entries by partition, from the first entry's to the last one's.

    A partition that gives nothing, or that the client has a fault with, is missing; the others are not held up by it.
    """
    spans = _spans(entries)
    try:
        return await _read(consumer, spans)
    except KafkaError:
        found: dict[Place, Records] = {}
        for place, span in spans.items():
            try:
                found |= await _read(consumer, {place: span})
            except KafkaError:
                continue  # it is missing, as is said
        return found
    finally:
        consumer.unsubscribe()


def chunk_of(entry: Entry, records: Mapping[Place, Records]) -> Chunk:
    """The chunk of one entry. Raises TimeoutError where its partition gave nothing, ChangedError for other bytes."""
    place = entry["topic"], entry["partition"]
    there = records.get(place)
    if there is None:
        raise TimeoutError(f"{place[0]}[{place[1]}] gave nothing within {_PATIENCE:.0f} s")
    start, stop = np.searchsorted(there.offsets, (entry["first_offset"], entry["next_offset"])).tolist()
    chunk = Chunk(*place, there.part(start, stop))
    if chunk.digest() != entry["raw_sha256"]:
        raise ChangedError(*place, entry["first_offset"], entry["next_offset"] - 1)
    return chunk


def _spans(entries: Iterable[Entry]) -> dict[TopicPartition, tuple[int, int]]:
    """By partition the first and the last offset that is wanted."""
    spans: dict[TopicPartition, tuple[int, int]] = {}
    for entry in entries:
        place = TopicPartition(entry["topic"], entry["partition"])
        first, last = entry["first_offset"], entry["next_offset"] - 1
        before = spans.get(place, (first, last))
        spans[place] = min(first, before[0]), max(last, before[1])
    return spans


async def _read(consumer: AIOKafkaConsumer, spans: Mapping[TopicPartition, tuple[int, int]]) -> dict[Place, Records]:
    consumer.assign(list(spans))
    for place, (first, _) in spans.items():
        consumer.seek(place, first)
    found: dict[TopicPartition, list[Any]] = {place: [] for place in spans}
    wanted = set(spans)
    while wanted and (polled := await consumer.getmany(*wanted, timeout_ms=int(_PATIENCE * 1000))):
        for place, records in polled.items():
            last = spans[place][1]
            found[place] += [record for record in records if record.offset <= last]
            if records[-1].offset >= last:
                wanted.discard(place)
                consumer.pause(place)
    return {(*place,): Records.of(found[place]) for place in spans.keys() - wanted}
