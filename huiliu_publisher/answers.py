"""Receipts awaited: what the hub says of places in Kafka, read from the publisher's topic ``receipts.<division>``."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from contextlib import closing
from typing import Any, NamedTuple

from huiliu.errors import Unavailable
from huiliu.kafka import Cluster
from huiliu.language import text
from huiliu_publisher.door import enter
from huiliu_publisher.errors import NoAnswer
from schemas.topics import receipts_topic


class Answer(NamedTuple):
    """What became of one record: accepted, corrected, duplicate, stale or quarantined, and the receipt that says so."""

    topic: str
    partition: int
    offset: int
    outcome: str
    receipt: str
    hash: str


def await_answers(
    cluster: Cluster, division: str, places: Mapping[int, tuple[str, int, int]], since_ms: int, seconds: float
) -> dict[int, Answer]:
    """The answer for each place (topic, partition, offset), by the caller's number.

    Raises NoAnswer; DoorClosed, Unavailable where Kafka does not let us in or is away.
    """
    from kafka import KafkaConsumer, TopicPartition

    deadline, found = time.monotonic() + seconds, dict[int, Answer]()
    topic = receipts_topic(division)
    try:
        enter(cluster)
    except OSError as fault:
        raise Unavailable(
            text(
                f"连接不上 {cluster}：{fault}。已确认的记录不会丢失，稍后再等即可。",
                f"{cluster} cannot be reached: {fault}. What it has confirmed is safe: wait again later.",
            )
        ) from fault
    settings: dict[str, Any] = {**cluster.kafka_python(), "isolation_level": "read_committed"}
    with closing(KafkaConsumer(**settings)) as consumer:
        partitions = [TopicPartition(topic, number) for number in consumer.partitions_for_topic(topic) or ()]
        consumer.assign(partitions)
        ends = consumer.end_offsets(partitions)  # before the look by time: what comes between the two is read
        starts = consumer.offsets_for_times(dict.fromkeys(partitions, since_ms)) if partitions else {}
        for partition in partitions:
            start = starts.get(partition)
            consumer.seek(partition, ends[partition] if start is None else start.offset)
        while len(found) < len(places):
            if time.monotonic() > deadline:
                raise NoAnswer(_late(topic, len(places) - len(found), seconds))
            for records in consumer.poll(timeout_ms=500).values():
                for record in records:
                    _note(json.loads(record.value), places, found)
    return found


def _note(receipt: Mapping[str, Any], places: Mapping[int, tuple[str, int, int]], found: dict[int, Answer]) -> None:
    """Take from a receipt what it says of our places."""
    for number, (topic, partition, offset) in places.items():
        if number in found or (receipt["topic"], receipt["partition"]) != (topic, partition):
            continue
        for run in receipt["outcomes"]:
            if run["first"] <= offset <= run["last"]:
                found[number] = Answer(topic, partition, offset, run["outcome"], receipt["receipt"], receipt["hash"])


def _late(topic: str, missing: int, seconds: float) -> str:
    return text(
        f"{seconds:.0f} 秒内 {topic} 中没有 {missing} 条的回执。"
        "记录已在 Kafka 中，不会丢失；可稍后再等，或查看 huiliu doctor --as。",
        f"No receipt in {topic} for {missing} records within {seconds:.0f} s. They are safe in Kafka: "
        "wait again later, or see huiliu doctor --as.",
    )
