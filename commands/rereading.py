"""Reading records of known offsets again, from Kafka, outside any consumer group."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final

from huiliu.errors import Unavailable
from huiliu.kafka import Cluster
from huiliu.language import text
from streams.records import RawRecord

#: How long the broker may give nothing before that is a fault, seconds.
PATIENCE: Final = 30.0

Bounds = tuple[int, int]  # first offset kept, offset after the last one


class Rereader:
    """Reads partitions from where it is told. Use :func:`rereader`."""

    def __init__(self, consumer: Any, kafka: Cluster) -> None:
        """Take a kafka-python consumer without a group."""
        self._consumer, self._kafka = consumer, kafka

    def bounds(self, places: Sequence[tuple[str, int]]) -> dict[tuple[str, int], Bounds]:
        """What the broker keeps of these partitions; one that it does not have is absent. Raises Unavailable.

        Those that are there can be read afterwards.
        """
        from kafka import TopicPartition

        with self._told():
            known = [
                TopicPartition(topic, partition)
                for topic in sorted({topic for topic, _ in places})
                for partition in self._consumer.partitions_for_topic(topic) or ()
            ]
            wanted = [place for place in known if (place.topic, place.partition) in set(places)]
            # All at once, so that the client asks for their leaders once; fetched is only what is being read.
            self._consumer.assign(wanted)
            self._consumer.pause(*wanted)
            first, last = self._consumer.beginning_offsets(wanted), self._consumer.end_offsets(wanted)
            for place in wanted:
                self._consumer.seek(place, first[place])
        return {(place.topic, place.partition): (first[place], last[place]) for place in wanted}

    def records(self, topic: str, partition: int, first: int, stop: int) -> Iterator[RawRecord]:
        """The records of a partition of ``bounds`` from ``first`` to before ``stop``, in order. Raises Unavailable.

        Offsets without a record (transaction markers, aborted records) are passed over.
        """
        from kafka import TopicPartition

        place = TopicPartition(topic, partition)
        with self._told():
            self._consumer.pause(*self._consumer.assignment())
            self._consumer.seek(place, first)
            self._consumer.resume(place)
            heard = time.monotonic()
            while self._consumer.position(place) < stop:
                polled = self._consumer.poll(timeout_ms=1_000).get(place, [])
                if polled:
                    heard = time.monotonic()
                elif time.monotonic() - heard > PATIENCE:
                    raise Unavailable(self._silent(f"{topic}[{partition}]@{self._consumer.position(place)}"))
                for record in polled:
                    if record.offset >= stop:
                        return
                    yield record

    def _silent(self, place: str) -> str:
        return text(
            f"Kafka（{self._kafka}）在 {PATIENCE:.0f} 秒内没有给出 {place} 之后的记录。请查看 huiliu doctor。",
            f"Kafka at {self._kafka} gave nothing from {place} on in {PATIENCE:.0f} s. See huiliu doctor.",
        )

    @contextmanager
    def _told(self) -> Iterator[None]:
        from kafka.errors import KafkaError

        try:
            yield
        except KafkaError as fault:
            raise unavailable(self._kafka, fault) from fault


def unavailable(kafka: Cluster, fault: Exception) -> Unavailable:
    """The cluster does not do what was asked."""
    reason = f"{type(fault).__name__}: {fault}"[:200]
    return Unavailable(
        text(
            f"Kafka（{kafka}）无法读取：{reason}。请核对 HUILIU_KAFKA，或查看 huiliu doctor。",
            f"Kafka at {kafka} cannot be read: {reason}. Check HUILIU_KAFKA, see huiliu doctor.",
        )
    )


@contextmanager
def rereader(kafka: Cluster) -> Iterator[Rereader]:
    """A reader of what was committed; raises Unavailable."""
    from kafka import KafkaConsumer
    from kafka.errors import KafkaError

    logging.getLogger("kafka").addHandler(logging.NullHandler())  # told by the exception
    try:
        consumer = KafkaConsumer(
            **kafka.kafka_python(),
            group_id=None,
            enable_auto_commit=False,
            auto_offset_reset="none",
            isolation_level="read_committed",
            fetch_max_bytes=32 << 20,
            max_partition_fetch_bytes=8 << 20,
            max_poll_records=20_000,
            fetch_max_wait_ms=20,  # a fetch at the end of one partition would hold up the next one
        )
    except KafkaError as fault:
        raise unavailable(kafka, fault) from fault
    try:
        yield Rereader(consumer, kafka)
    finally:
        consumer.close(autocommit=False)
