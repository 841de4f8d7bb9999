"""Why offsets are missing between the ledger and a chunk: the broker is asked, nobody guesses.

An offset can carry no record (the marker of a transaction, a record of an aborted one): then a second, independent read
from the ledger's offset finds the same first record. Anything else is a fault.
"""

from __future__ import annotations

from collections.abc import Mapping

from kafka import KafkaConsumer, TopicPartition

from huiliu.kafka import Cluster
from streams.errors import ExpiredError, HoleError, TopicReplacedError

#: How long the second read may take, seconds: longer means the broker is away, and the batch will come again.
_PATIENCE = 30.0


def explain(kafka: Cluster, topic: str, partition: int, expected: int, found: int) -> None:
    """Return if the broker has no record in `expected` … `found` - 1.

    Raises HoleError if it has one, ExpiredError if its retention took them away.
    """
    place = TopicPartition(topic, partition)
    with _reader(kafka) as consumer:
        first = consumer.beginning_offsets([place])[place]
        if first > expected:
            raise ExpiredError(topic, partition, expected, first)
        consumer.assign([place])
        consumer.seek(place, expected)
        polled = consumer.poll(timeout_ms=int(_PATIENCE * 1000), max_records=1)
        records = [record for chunk in polled.values() for record in chunk]
    if not records or records[0].offset < found:
        raise HoleError(topic, partition, expected, found)


def replaced(kafka: Cluster, offsets: Mapping[tuple[str, int], int]) -> list[TopicReplacedError]:
    """The partitions that end before the ledger's next offset: deleted and made again under the old name."""
    if not offsets:
        return []
    with _reader(kafka) as consumer:
        ends = consumer.end_offsets([TopicPartition(*place) for place in offsets])
    return [
        TopicReplacedError(topic, partition, expected, ends[TopicPartition(topic, partition)])
        for (topic, partition), expected in offsets.items()
        if ends[TopicPartition(topic, partition)] < expected
    ]


def _reader(kafka: Cluster) -> KafkaConsumer:
    return KafkaConsumer(
        **kafka.kafka_python(),
        group_id=None,
        enable_auto_commit=False,
        auto_offset_reset="none",
        isolation_level="read_committed",
    )
