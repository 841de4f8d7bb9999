"""A worker joins with all its topics, and partitions stay where they are as far as the balance allows."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest
from aiokafka.structs import TopicPartition

from huiliu.settings import Settings
from streams import membership
from streams.app import build
from streams.transport import ChunkApp

TOPICS = [f"intake.34{city:02}00.reading" for city in range(1, 8)]


@pytest.fixture
def app(settings: Settings) -> ChunkApp:
    return build("127.0.0.1:1", settings.home, settings, lambda assigned: {})


def test_a_worker_subscribes_only_when_each_agent_has_said_what_it_reads(app: ChunkApp) -> None:
    first, second = app.topic("first"), app.topic("second")

    async def read(stream: Any) -> None:
        async for _ in stream:
            pass

    app.agent(first, name="first")(read)
    app.agent(second, name="second")(read)

    async def subscribing() -> None:
        app.topics.add(first)
        indices = asyncio.create_task(app.topics._update_indices())
        await asyncio.wait([indices], timeout=0.1)
        assert not indices.done()
        app.topics.add(second)
        assert set(await indices) == {"first", "second"}

    asyncio.run(subscribing())


class Cluster:
    """What an assignor asks of a cluster: seven topics of four partitions."""

    def partitions_for_topic(self, topic: str) -> set[int] | None:
        return set(range(4)) if topic in TOPICS else None

    def topics(self) -> set[str]:
        return set(TOPICS)


Owned = Mapping[str, set[TopicPartition]]


def assigned(members: list[str], before: Owned) -> Owned:
    """Who gets what, given who had what."""
    assignor = membership.ASSIGNORS[0]
    told = {one: assignor._metadata(TOPICS, sorted(before.get(one, ())), 1) for one in members}
    given = assignor.assign(Cluster(), told)  # type: ignore[arg-type]
    return {
        one: {TopicPartition(topic, part) for topic, parts in given[one].assignment for part in parts}
        for one in members
    }


def test_a_worker_that_joins_takes_partitions_and_the_others_exchange_none() -> None:
    two = assigned(["a", "b"], {})
    three = assigned(["a", "b", "c"], two)
    assert three["a"] < two["a"]
    assert three["b"] < two["b"]
    assert sorted(map(len, three.values())) == [9, 9, 10]


def test_a_worker_that_leaves_gives_its_partitions_and_the_others_keep_theirs() -> None:
    three = assigned(["a", "b", "c"], {})
    two = assigned(["a", "c"], three)
    assert two["a"] > three["a"]
    assert two["c"] > three["c"]
    assert sum(map(len, two.values())) == 28
