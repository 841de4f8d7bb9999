"""Workers join and leave under load, politely and not; every event still counts once, and what need not move stays."""

from __future__ import annotations

import signal
import threading
from collections import defaultdict
from collections.abc import Callable
from contextlib import closing
from itertools import chain
from typing import Any

import pytest
from kafka import KafkaAdminClient

from huiliu.kafka import Cluster
from schemas.topics import GROUP
from simulation.province import Province
from simulation.publisher import connected

pytestmark = [pytest.mark.drill, pytest.mark.timeout(300)]

QUICK = {"HUILIU_SESSION_SECONDS": "6"}

Owned = dict[str, set[tuple[str, int]]]


def owned(kafka: Cluster) -> Owned:
    """The partitions of each member of the group; none while they are being exchanged."""
    with closing(KafkaAdminClient(**kafka.kafka_python())) as admin:
        group = admin.describe_groups([GROUP])[GROUP]
    found: Owned = defaultdict(set)
    if group["group_state"] == "Stable":
        for member in group["members"]:
            for topic in member["member_assignment"]["assigned_partitions"]:
                found[member["member_id"]] |= {(topic["topic"], partition) for partition in topic["partitions"]}
    return dict(found)


def test_workers_that_join_leave_and_die_under_load_change_nothing(
    hub: Any, settled: Callable[[Province], None], prove: Callable[..., None], settle_until: Callable[..., None]
) -> None:
    province = Province(seed=29, events=12_000)
    first = hub.worker(**QUICK)
    settled(province)
    events = list(chain.from_iterable(province.events()))
    begun = hub.loaded()

    def publish() -> None:
        with connected(hub.kafka) as publisher:
            publisher.send(events, rate=300)

    def shared_by(workers: int) -> Owned:
        settle_until(lambda: len(owned(hub.kafka)) == workers, f"{workers} workers with partitions")
        return owned(hub.kafka)

    load = threading.Thread(target=publish)
    load.start()
    try:
        hub.wait_for(begun + 500)
        alone = shared_by(1)
        second = hub.worker(**QUICK)  # joins
        two = shared_by(2)
        assert all(two[member] < partitions for member, partitions in alone.items())
        third = hub.worker(**QUICK)
        three = shared_by(3)
        assert all(three[member] < partitions for member, partitions in two.items())
        hub.wait_for(begun + 6000)
        first.send_signal(signal.SIGTERM)  # leaves
        assert first.wait(30) == 0
        left = shared_by(2)
        assert all(three[member] < partitions for member, partitions in left.items())
        hub.wait_for(begun + 8000)
        second.kill()  # dies
        second.wait()
        last = shared_by(1)
        assert all(left[member] < partitions for member, partitions in last.items())
        assert third.poll() is None
    finally:
        load.join()
    hub.wait_for(province.answer_key.totals()["received"])
    prove(province.answer_key)
