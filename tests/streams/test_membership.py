"""A worker joins with all its topics, and partitions stay where they are as far as the balance allows."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest
from aiokafka.errors import IllegalStateError
from aiokafka.structs import TopicPartition
from hypothesis import given
from hypothesis import strategies as st

from huiliu import kafka
from huiliu.settings import Settings
from streams.app import build
from streams.membership import Partition, StayingAssignor, share
from streams.transport import ChunkApp

TOPICS = [f"intake.34{city:02}00.reading" for city in range(1, 8)]


@pytest.fixture
def app(settings: Settings) -> ChunkApp:
    return build(kafka.Cluster("127.0.0.1:1"), settings.home, settings, lambda assigned: {})


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
    """What an assignor asks of a cluster: seven topics of four partitions, and one of the hub's own."""

    def partitions_for_topic(self, topic: str) -> set[int] | None:
        return set(range(4)) if topic in TOPICS else {0} if topic == "hub" else None


Owned = Mapping[str, set[Partition]]


def assigned(members: list[str], before: Owned) -> Owned:
    """Who gets what by the protocol, given who had what."""
    told = {
        one: StayingAssignor._metadata([*TOPICS, "hub"], [TopicPartition(*place) for place in sorted(before[one])], 1)
        if one in before
        else StayingAssignor.metadata([*TOPICS, "hub"])
        for one in members
    }
    handed = StayingAssignor.assign(Cluster(), told)  # type: ignore[arg-type]
    return {
        one: {(topic, part) for topic, parts in assignment.assignment for part in parts}
        for one, assignment in handed.items()
    }


def test_a_worker_that_joins_takes_partitions_and_the_others_exchange_none() -> None:
    two = assigned(["a", "b"], {})
    three = assigned(["a", "b", "c"], two)
    assert three["a"] < two["a"]
    assert three["b"] < two["b"]
    assert sorted(map(len, three.values())) == [9, 10, 10]


def test_a_worker_that_leaves_gives_its_partitions_and_the_others_keep_theirs() -> None:
    three = assigned(["a", "b", "c"], {})
    two = assigned(["a", "c"], three)
    assert two["a"] > three["a"]
    assert two["c"] > three["c"]
    assert sum(map(len, two.values())) == 29


def test_a_worker_that_joins_gets_some_of_every_topic() -> None:
    one = assigned(["a"], {})
    two = assigned(["a", "b"], one)
    assert {topic for topic, _ in two["b"]} == {*TOPICS}


topic_sets = st.dictionaries(st.sampled_from("opqrstuvwxyz"), st.integers(1, 6), min_size=1)
names = st.lists(st.sampled_from("abcdefgh"), min_size=1, unique=True)


@given(topic_sets, st.lists(names, min_size=2, max_size=6))
def test_whoever_comes_and_goes_partitions_are_even_and_only_those_move_that_must(
    topics: dict[str, int], groups: list[list[str]]
) -> None:
    partitions = {(topic, number) for topic, parts in topics.items() for number in range(parts)}
    had: dict[str, set[Partition]] = {}
    for members in groups:
        shared = share(partitions, {one: set(topics) for one in members}, had)
        assert sorted(place for places in shared.values() for place in places) == sorted(partitions)
        assert max(map(len, shared.values())) - min(map(len, shared.values())) <= 1
        stayed = sum(len(places & had.get(one, set())) for one, places in shared.items())
        sizes = sorted((len(had.get(one, ())) for one in members), reverse=True)
        each, over = divmod(len(partitions), len(members))
        assert stayed == sum(min(size, each + (place < over)) for place, size in enumerate(sizes))
        had = shared


@given(topic_sets, st.data())
def test_a_partition_goes_to_a_worker_that_reads_its_topic(topics: dict[str, int], data: st.DataObject) -> None:
    partitions = {(topic, number) for topic, parts in topics.items() for number in range(parts)}
    some = st.sets(st.sampled_from(sorted(topics)))
    reads = data.draw(st.dictionaries(st.sampled_from("abc"), some, min_size=1))
    had = data.draw(
        st.dictionaries(st.sampled_from("abcd"), st.lists(st.sampled_from(sorted(partitions)), unique=True))
    )
    shared = share(partitions, reads, had)
    assert shared.keys() == reads.keys()
    assert all(topic in reads[one] for one, places in shared.items() for topic, _ in places)
    readable = sorted(one for one in partitions if any(one[0] in read for read in reads.values()))
    assert sorted(place for places in shared.values() for place in places) == readable


def test_a_partition_that_went_elsewhere_meanwhile_is_left_to_its_owner(app: ChunkApp) -> None:
    """The ledger is asked in a thread; before it answers, the next rebalance may have begun."""

    class Gone:
        def seek(self, partition: Any, offset: int) -> None:
            raise IllegalStateError(f"No current assignment for partition {partition}")

    async def seeking() -> None:
        consumer = app._new_consumer()
        consumer._thread.thread_loop.close()  # the thread itself is not started
        consumer._thread = Gone()
        await consumer.seek(TopicPartition(TOPICS[0], 0), 7)

    asyncio.run(seeking())
