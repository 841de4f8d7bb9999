"""Broker and database are killed in the middle of the load and come back; the worker lives through both."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from itertools import chain
from typing import Any

import pytest
from confluent_kafka import Producer
from sqlalchemy import create_engine, make_url, text

from deploy.instance import Instance
from simulation.province import Province
from sinks.warehouse import Warehouse

pytestmark = [pytest.mark.drill, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def parts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Instance]:
    """A broker and a database of this module's own: they are killed here."""
    instance = Instance(tmp_path_factory.mktemp("fragile"))
    with instance.running():
        yield instance


@pytest.fixture(scope="module")
def template(parts: Instance) -> str:
    assert parts.endpoints is not None
    url = make_url(parts.endpoints.database).set(drivername="postgresql+psycopg")
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text("create database template_fragile"))
    engine.dispose()
    warehouse = Warehouse(url.set(database="template_fragile").render_as_string(hide_password=False))
    warehouse.migrate()
    warehouse.close()
    return "template_fragile"


@pytest.mark.parametrize("part", ["database", "broker"])
def test_a_part_killed_in_the_middle_of_the_load_changes_nothing(
    part: str, parts: Instance, hub: Any, settled: Callable[[Province], None], prove: Callable[..., None]
) -> None:
    province = Province(seed=31, events=6000)
    settled(province)
    events = list(chain.from_iterable(province.events()))
    begun = hub.loaded()

    def publish() -> None:
        producer = Producer(
            {**hub.kafka.librdkafka(), "enable.idempotence": True, "linger.ms": 20, "message.max.bytes": 16 << 20}
        )
        for number, one in enumerate(events):
            producer.produce(one.topic, one.value, one.key, timestamp=one.timestamp_ms)
            if number % 60 == 0:
                producer.poll(0.1)
        assert producer.flush(120) == 0

    load = threading.Thread(target=publish)
    load.start()
    try:
        hub.wait_for(begun + 1500)
        parts.restart(part)
    finally:
        load.join()
    hub.wait_for(province.answer_key.totals()["received"])
    assert hub.workers[-1].poll() is None, hub.log()
    prove(province.answer_key)
