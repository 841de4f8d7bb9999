"""Frames of all connections share batches; each is told once, and nothing overtakes under one key."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable

import pytest
from aiokafka import AIOKafkaConsumer

from gateways.hj212 import publishing
from gateways.hj212.publishing import Publishing
from gateways.hj212.records import Record
from schemas.topics import INTAKE_MESSAGE_BYTES
from tests.conftest import Hub

pytestmark = pytest.mark.live

TOPIC = "intake.340100.reading"


def run(hub: Hub, scene: Callable[[Publishing], Awaitable[None]]) -> None:
    async def played() -> None:
        made = Publishing(hub.kafka)
        await made.start()
        try:
            await scene(made)
        finally:
            await made.stop()

    asyncio.run(played())


def sent(made: Publishing, *records: Record) -> asyncio.Future[BaseException | None]:
    future = asyncio.get_running_loop().create_future()
    made.send(records, future.set_result)
    return future


def record(key: int, number: int, topic: str = TOPIC) -> Record:
    return Record(topic, b"%d" % key, b"%d" % number, [("hj212.frame", b"x" * 900)])


async def there(hub: Hub, expected: int) -> dict[bytes, list[int]]:
    """The numbers of each key, in the order in which Kafka has them."""
    consumer = AIOKafkaConsumer(TOPIC, **hub.kafka.aiokafka(), auto_offset_reset="earliest")
    found: dict[bytes, list[int]] = {}
    await consumer.start()
    try:
        while sum(map(len, found.values())) < expected:
            for records in (await consumer.getmany(timeout_ms=5_000)).values():
                for one in records:
                    found.setdefault(one.key, []).append(int(one.value))
    finally:
        await consumer.stop()
    return found


def test_many_connections_at_once_meet_a_topic_for_the_first_time_and_their_order_holds(hub: Hub) -> None:
    hub.make_topics(TOPIC)

    async def scene(made: Publishing) -> None:
        async def connection(key: int) -> list[BaseException | None]:
            told = []
            for number in range(0, 100, 5):
                told.append(sent(made, *(record(key, one) for one in range(number, number + 5))))
                await asyncio.sleep(0)
            return [await one for one in told]

        assert all(fault is None for faults in await asyncio.gather(*map(connection, range(40))) for fault in faults)
        assert made.waiting == 0
        assert await there(hub, 4_000) == {b"%d" % key: list(range(100)) for key in range(40)}

    run(hub, scene)


def test_a_topic_that_is_not_there_fails_its_own_frames_and_holds_up_no_others(
    hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publishing, "_PATIENCE", 1.0)
    hub.make_topics(TOPIC)

    async def scene(made: Publishing) -> None:
        lost = sent(made, record(1, 1, "intake.340200.reading"))
        assert await asyncio.wait_for(sent(made, record(1, 1)), 10) is None
        assert not lost.done()
        assert await asyncio.wait_for(lost, 30) is not None

    run(hub, scene)


def test_after_a_batch_that_kafka_refuses_another_producer_takes_the_next(hub: Hub) -> None:
    hub.make_topics(TOPIC)

    async def scene(made: Publishing) -> None:
        first = sent(made, record(1, 1))
        too_large = Record(TOPIC, b"1", os.urandom(INTAKE_MESSAGE_BYTES + 4096), [])
        assert await first is None
        assert await sent(made, too_large) is not None
        assert await asyncio.wait_for(sent(made, record(1, 3)), 30) is None
        found = await there(hub, 2)
        assert found[b"1"] == [1, 3]

    run(hub, scene)


def test_a_fault_that_nobody_has_foreseen_is_noticed_and_not_waited_out(hub: Hub) -> None:
    hub.make_topics(TOPIC)

    async def scene(made: Publishing) -> None:
        sent(made, Record(TOPIC, b"1", "no bytes", []))  # type: ignore[arg-type]
        for _ in range(200):
            if made.fault is not None:
                break
            await asyncio.sleep(0.05)
        assert isinstance(made.fault, TypeError)

    run(hub, scene)
