"""Topics that vanish and come back under the same name: said loudly, never mixed up, and nobody else waits."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import closing
from typing import Any

import pytest
from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer
from sqlalchemy import text

from schemas.contract import contract
from schemas.encode import encode
from validators.sample import SAMPLES

pytestmark = pytest.mark.live

GONE, QUIET = "intake.340100.nil", "intake.340200.nil"


def nil(month: int, division: str = "340104") -> bytes:
    sample = {name: SAMPLES["nil"][name] for name in contract("nil").names}
    return encode("nil", sample | {"period": f"2026-{month:02}", "division": division})


def periods(hub: Any) -> list[str]:
    with hub.warehouse.read() as connection:
        return list(connection.execute(text("select period from nil order by division, period")).scalars())


def waiting(condition: Callable[[], object], what: str, hub: Any) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline, f"not within 60 s: {what}\n{hub.log()}"
        time.sleep(0.2)


@pytest.fixture
def two_publishers(hub: Any, producer: KafkaProducer) -> Any:
    """Two publishers, one record of each loaded."""
    for city, topic in (("340100", GONE), ("340200", QUIET)):
        hub.publish_for(city, "nil")
        producer.send(topic, nil(1, f"{city[:4]}02"), partition=0).get(10)
        producer.send(topic, nil(2, f"{city[:4]}02"), partition=0).get(10)
    hub.worker(HUILIU_LANGUAGE="zh")
    hub.wait_for(4)
    return hub


def delete(hub: Any, topic: str) -> None:
    with closing(KafkaAdminClient(**hub.kafka.kafka_python())) as admin:
        admin.delete_topics([topic])
        waiting(lambda: topic not in admin.list_topics(), f"{topic} deleted", hub)


def test_a_deleted_topic_is_reported_and_stops_nobody_else(two_publishers: Any, producer: KafkaProducer) -> None:
    hub = two_publishers
    delete(hub, GONE)
    waiting(lambda: f"{GONE} is registered" in whole_log(hub), "the topic's absence said", hub)
    producer.send(QUIET, nil(3, "340202"), partition=0).get(10)
    hub.wait_for(5)
    assert hub.workers[-1].poll() is None
    assert told(hub, "receipts.340200", 1)


@pytest.mark.drill
@pytest.mark.parametrize("length", [1, 2, 4], ids=["shorter", "as long", "longer"])
def test_a_topic_made_again_is_refused_and_stops_nobody_else(
    length: int, two_publishers: Any, producer: KafkaProducer
) -> None:
    hub = two_publishers
    delete(hub, GONE)
    hub.publish_for("340100", "nil")  # makes the topic again
    for month in range(4, 4 + length):
        producer.send(GONE, nil(month), partition=0).get(30)
    producer.send(QUIET, nil(3, "340202"), partition=0).get(10)
    hub.wait_for(5)
    waiting(lambda: f"{GONE} 已被删除后重建" in whole_log(hub), "the topic made again named", hub)
    assert hub.loaded() == 5, "nothing of the new topic may pass for what was loaded from the old one"
    assert hub.workers[-1].poll() is None
    assert periods(hub) == ["2026-01", "2026-02", "2026-01", "2026-02", "2026-03"]


@pytest.mark.drill
def test_a_topic_made_again_while_no_worker_ran_is_refused_too(two_publishers: Any, producer: KafkaProducer) -> None:
    hub = two_publishers
    hub.stop()
    delete(hub, GONE)
    hub.publish_for("340100", "nil")
    for month in range(4, 8):
        producer.send(GONE, nil(month), partition=0).get(30)
    producer.send(QUIET, nil(3, "340202"), partition=0).get(10)
    hub.worker(HUILIU_LANGUAGE="zh")
    hub.wait_for(5)
    waiting(lambda: f"{GONE} 已被删除后重建" in whole_log(hub), "the topic made again named", hub)
    assert hub.loaded() == 5


def whole_log(hub: Any) -> str:
    text_of: str = (hub.home / f"worker-{len(hub.workers)}.log").read_text(errors="replace")
    return text_of


def told(hub: Any, topic: str, at_least: int) -> bool:
    """Whether so many messages come within a while."""
    with closing(KafkaConsumer(topic, **hub.kafka.kafka_python(), auto_offset_reset="earliest")) as reader:
        found, deadline = 0, time.monotonic() + 45
        while found < at_least and time.monotonic() < deadline:
            found += sum(len(records) for records in reader.poll(500).values())
        return found >= at_least
