"""Sending: every record acknowledged, each in its place, and a clear error where it cannot be."""

from __future__ import annotations

from contextlib import closing
from typing import Any

import pytest
from kafka import KafkaConsumer, TopicPartition
from kafka.partitioner.default import murmur2

from huiliu.kafka import Cluster
from simulation.errors import SendingError
from simulation.province import KINDS, Province
from simulation.publication import Publication
from simulation.publisher import connected

TOPIC = "intake.340100.reading"


def record(number: int, key: bytes, topic: str = TOPIC) -> Publication:
    return Publication(topic, key, b"%d" % number, 1_750_000_000_000)


def read(kafka: Cluster, names: list[str]) -> dict[tuple[str, int], list[Any]]:
    found: dict[tuple[str, int], list[Any]] = {}
    with closing(KafkaConsumer(**kafka.kafka_python(), max_partition_fetch_bytes=4 << 20)) as reader:
        places = [TopicPartition(name, part) for name in names for part in reader.partitions_for_topic(name) or ()]
        reader.assign(places)
        reader.seek_to_beginning()
        ends = reader.end_offsets(places)
        while any(reader.position(place) < ends[place] for place in places):
            for place, records in reader.poll(timeout_ms=1000).items():
                found.setdefault((place.topic, place.partition), []).extend(records)
    return found


def test_a_broker_that_is_not_there_is_named() -> None:
    with pytest.raises(SendingError, match=r"127\.0\.0\.1:1"), connected(Cluster("127.0.0.1:1")):
        pass


@pytest.mark.live
def test_records_of_a_key_lie_in_the_partition_kafka_chooses_in_their_order(hub: Any) -> None:
    hub.make_topics(TOPIC)
    sent = [record(number, b"key %d" % (number % 7)) for number in range(5000)]
    told: list[int] = []
    with connected(hub.kafka) as publisher:
        delivery = publisher.send(sent, progress=told.append)
    assert delivery.records == told[-1] == 5000
    found = read(hub.kafka, [TOPIC])
    assert sum(map(len, found.values())) == 5000
    for (_, partition), records in found.items():
        assert {(murmur2(one.key) & 0x7FFFFFFF) % 2 for one in records} == {partition}
        for key in {one.key for one in records}:
            values = [int(one.value) for one in records if one.key == key]
            assert values == sorted(values)


@pytest.mark.live
def test_a_whole_province_arrives_byte_for_byte_tombstones_and_large_records_too(hub: Any) -> None:
    province = Province(seed=3, events=6000)
    for division in province.publishers:
        hub.publish_for(division, *KINDS)
    sent = province.registrations()
    for batch in province.events():
        sent += batch
    with connected(hub.kafka) as publisher:
        assert publisher.send(sent).records == 6000
    found = read(hub.kafka, sorted({one.topic for one in sent}))
    arrived = sorted((one.topic, one.key, one.value or b"") for records in found.values() for one in records)
    assert arrived == sorted((one.topic, one.key, one.value or b"") for one in sent)
    assert None in {one.value for records in found.values() for one in records}
    assert max(len(one.value or b"") for records in found.values() for one in records) > 1 << 20


@pytest.mark.live
def test_a_rate_is_kept(hub: Any) -> None:
    hub.make_topics(TOPIC)
    with connected(hub.kafka) as publisher:
        delivery = publisher.send([record(number, b"k") for number in range(300)], rate=200.0)
    assert delivery.seconds >= 1.4
    assert delivery.rate <= 215


@pytest.mark.live
def test_a_topic_that_is_not_there_is_named_and_not_created(hub: Any) -> None:
    with (
        connected(hub.kafka, request_timeout_ms=2000) as publisher,
        pytest.raises(SendingError, match=r"340200\.award"),
    ):
        publisher.send([record(1, b"k", "intake.340200.award")])
    with closing(KafkaConsumer(**hub.kafka.kafka_python())) as reader:
        assert "intake.340200.award" not in reader.topics()
