"""A backlog far larger than what may be in memory at once is loaded to its end."""

from __future__ import annotations

import pytest
from confluent_kafka import Producer

from simulation.load import million

pytestmark = pytest.mark.live


@pytest.mark.drill
def test_a_backlog_of_many_times_the_room_is_loaded_to_its_end(hub) -> None:
    load = million(30_000, outlets=40, cities=2)
    for city in load.publishers:
        hub.publish_for(city, "registration", "reading")
    producer = Producer({**hub.kafka.librdkafka(), "linger.ms": 20})
    for one in load.registrations:
        producer.produce(one.topic, one.value, key=one.key)
    producer.flush()
    hub.worker(HUILIU_BATCH_ROWS="500")
    hub.wait_for(len(load.registrations))
    for one in load.messages:
        producer.produce(one.topic, one.value, key=one.key)
        producer.poll(0)
    producer.flush()
    hub.wait_for(len(load.registrations) + len(load.messages))
