"""Sending records through kafka-python and keeping account of what the broker has confirmed."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any, Final

from deploy.cluster import admin
from huiliu.errors import Unavailable
from huiliu.kafka import Cluster
from huiliu.language import text
from schemas.topics import INTAKE_MESSAGE_BYTES

Place = tuple[int, int]  #: partition and offset
Headers = Sequence[tuple[str, bytes | None]]

#: How long the broker may take to confirm a record before that is a fault, seconds.
PATIENCE: Final = 30.0


@dataclass(slots=True)
class Run:
    """What one partition has confirmed; offsets between first and last may also be of others who publish there."""

    topic: str
    partition: int
    first_offset: int
    last_offset: int
    records: int


class Sender:
    """Sends records; at most two rounds of them are on their way at a time."""

    def __init__(self, producer: Any, kafka: Cluster) -> None:
        """Use :func:`sender`, which also closes the client."""
        self._producer, self._kafka = producer, kafka
        self._topic = ""
        self._unconfirmed: list[Any] = []
        self.runs: dict[tuple[str, int], Run] = {}
        self.places: list[Place] | None = None  #: if a list: gets the place of each record, in the order of sending

    @property
    def confirmed(self) -> int:
        """How many records the broker has."""
        return sum(run.records for run in self.runs.values())

    def send(
        self,
        topic: str,
        keys: Sequence[bytes | None],
        values: Sequence[bytes | None],
        headers: Sequence[Headers] | None = None,
    ) -> None:
        """Send a round of records, in order, and wait for the round before. Raises Unavailable."""
        from kafka.errors import KafkaError

        before, self._unconfirmed, self._topic = self._unconfirmed, [], topic
        try:
            for at, (key, value) in enumerate(zip(keys, values, strict=True)):
                told = list(headers[at]) if headers else []
                self._unconfirmed.append(self._producer.send(topic, value=value, key=key, headers=told))
            for future in before:
                self._note(future.get(timeout=PATIENCE + 10))
        except KafkaError as fault:
            raise self._lost(topic, fault) from fault

    def finish(self) -> None:
        """Wait until everything is confirmed. Raises Unavailable."""
        self.send(self._topic, (), ())

    def _note(self, confirmed: Any) -> None:
        if self.places is not None:
            self.places.append((confirmed.partition, confirmed.offset))
        place = confirmed.topic, confirmed.partition
        run = self.runs.get(place)
        if run is None:
            self.runs[place] = Run(*place, confirmed.offset, confirmed.offset, 1)
            return
        run.first_offset = min(run.first_offset, confirmed.offset)
        run.last_offset = max(run.last_offset, confirmed.offset)
        run.records += 1

    def _lost(self, topic: str, fault: Exception) -> Unavailable:
        reason = f"{type(fault).__name__}: {fault}"[:200]
        return Unavailable(
            text(
                f"向 {topic} 发送中断（{reason}），Kafka（{self._kafka}）已确认 {self.confirmed} 条，"
                "其余未知。请恢复后整份重发：已入库的会识别为重复。",
                f"Sending to {topic} stopped ({reason}): {self._kafka} has confirmed {self.confirmed} records; "
                "of others nothing is known. Send the whole again once it is back: what arrived counts as duplicate.",
            )
        )


@contextmanager
def sender(kafka: Cluster) -> Iterator[Sender]:
    """A sender to topics that exist; idempotent, every record confirmed by all replicas. Raises Unavailable."""
    from kafka import KafkaProducer
    from kafka.errors import KafkaError

    logging.getLogger("kafka").addHandler(logging.NullHandler())  # told by the exception
    try:
        producer = KafkaProducer(
            **kafka.kafka_python(),
            acks="all",
            enable_idempotence=True,
            linger_ms=20,
            batch_size=256 << 10,
            max_request_size=INTAKE_MESSAGE_BYTES,
            allow_auto_create_topics=False,
            max_block_ms=int(PATIENCE * 1000),
            request_timeout_ms=int(PATIENCE * 500),
            delivery_timeout_ms=int(PATIENCE * 1000),
        )
    except KafkaError as fault:
        raise Unavailable(
            text(
                f"Kafka（{kafka}）没有应答：{type(fault).__name__}。请核对 HUILIU_KAFKA，或查看 huiliu doctor。",
                f"Kafka at {kafka} does not answer: {type(fault).__name__}. Check HUILIU_KAFKA, see huiliu doctor.",
            )
        ) from fault
    try:
        yield Sender(producer, kafka)
    finally:
        # Closing fails when records are still on their way: whoever sent them has been told by then.
        with suppress(KafkaError):
            producer.close(timeout=PATIENCE)


def exists(kafka: Cluster, topic: str) -> bool:
    """Whether the cluster has the topic. Raises Unavailable."""
    with admin(kafka) as client:
        return topic in client.list_topics()
