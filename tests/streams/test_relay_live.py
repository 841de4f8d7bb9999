"""What others hear after the commit: province events, dead letters, receipts; the same again if the relay dies."""

from __future__ import annotations

import asyncio
import hashlib
import io
import json
from collections.abc import Callable, Iterable
from typing import Any

import fastavro
import pytest
from confluent_kafka import Producer
from kafka import KafkaProducer
from sqlalchemy import text

from schemas.contract import contract
from schemas.encode import encode
from sinks import outbox
from streams import again, relay
from streams.signing import KEY_NAME, Keeper
from validators.sample import SAMPLES

pytestmark = pytest.mark.live

TOPIC = "intake.340100.nil"
HEADERS = [("trace", b"\x00\xff"), ("empty", b""), ("trace", b"second of its name")]
Read = Callable[[str, Iterable[str]], dict[tuple[str, int], list[Any]]]


def nil(month: int) -> bytes:
    return encode(
        "nil", {name: SAMPLES["nil"][name] for name in contract("nil").names} | {"period": f"2026-{month:02}"}
    )


def send_and_load(hub: Any, producer: KafkaProducer) -> None:
    """Six good records and two bad ones, loaded by a worker that is gone afterwards."""
    hub.publish_for("340100", "nil")
    for month in range(1, 7):
        producer.send(TOPIC, nil(month), partition=0)
    producer.send(TOPIC, b"\x00bad", b"k\x00", HEADERS, partition=0)
    producer.flush()
    librdkafka = Producer({**hub.kafka.librdkafka()})  # others refuse to send a record without key and value
    librdkafka.produce(TOPIC, None, None, 0, headers=HEADERS)
    assert librdkafka.flush(20) == 0
    hub.worker()
    hub.wait_for(8)


def outbox_empty(hub: Any) -> bool:
    with hub.warehouse.read() as connection:
        return outbox.waiting(connection) == 0


def identities(records: Iterable[Any]) -> list[bytes]:
    return [dict(record.headers)["huiliu.id"] for record in records]


def test_province_events_dead_letters_and_receipts_arrive(
    hub: Any, producer: KafkaProducer, read_topics: Read, settle_until: Callable[..., None]
) -> None:
    send_and_load(hub, producer)
    settle_until(lambda: outbox_empty(hub), "everything told")
    found = read_topics(hub.kafka, ["province.nil", "quarantine.340100", "receipts.340100"])
    by_topic = {
        topic: [one for place, some in found.items() if place[0] == topic for one in some] for topic, _ in found
    }

    events = [event for record in by_topic["province.nil"] for event in fastavro.reader(io.BytesIO(record.value))]
    assert [event["period"] for event in events] == [f"2026-{month:02}" for month in range(1, 7)]

    letters = by_topic["quarantine.340100"]
    assert [(letter.key, letter.value) for letter in letters] == [(b"k\x00", b"\x00bad"), (None, None)]
    for offset, letter in zip((6, 7), letters, strict=True):
        assert list(letter.headers[: len(HEADERS)]) == HEADERS, "the original headers first, verbatim"
        told = dict(letter.headers[len(HEADERS) :])
        for family in ("__connect.errors", "__streams.errors", "__dlq.errors"):
            place = tuple(told[f"{family}.{name}"] for name in ("topic", "partition", "offset"))
            assert place == (TOPIC.encode(), b"0", str(offset).encode())
        assert json.loads(told["huiliu.findings"])[0]["code"].startswith("FR-")

    receipts = [json.loads(record.value) for record in by_topic["receipts.340100"]]
    assert receipts[0]["first_offset"] == 0
    assert receipts[-1]["next_offset"] == 8
    assert sum(receipt["counts"]["accepted"] for receipt in receipts) == 6
    assert sum(receipt["counts"]["quarantined"] for receipt in receipts) == 2
    assert all(len(bytes.fromhex(receipt["hash"])) == hashlib.sha256().digest_size for receipt in receipts)


def test_a_relay_that_dies_before_its_commit_sends_the_same_again(
    hub: Any, producer: KafkaProducer, read_topics: Read, settle_until: Callable[..., None]
) -> None:
    send_and_load(hub, producer)
    settle_until(lambda: outbox_empty(hub), "everything told")
    hub.stop()
    names = ["province.nil", "quarantine.340100", "receipts.340100"]
    before = read_topics(hub.kafka, names)
    with hub.warehouse.batch() as connection:  # as the outbox stood when the relay died: sent, but not marked
        connection.execute(
            text(
                "insert into outbox (intake, first_offset, next_offset, kind)"
                " select intake, first_offset, next_offset, 'nil' from ledger order by first_offset"
            )
        )

    async def tell_again() -> None:
        async with again.reader(hub.kafka) as reader, relay.writer(hub.kafka) as sender:
            signed = Keeper(hub.home / "worker-1" / KEY_NAME)
            assert await relay.Relay(hub.warehouse, hub.kafka, keeper=signed).tell(reader, sender)

    asyncio.run(tell_again())
    after = read_topics(hub.kafka, names)
    assert {place[0] for place in before} == set(names)
    for place, records in before.items():
        repeated = after[place][len(records) :]
        assert identities(repeated) == identities(records)
        assert [record.value for record in repeated] == [record.value for record in records]
    assert outbox_empty(hub)
