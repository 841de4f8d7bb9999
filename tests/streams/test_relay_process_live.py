"""The relay beside its worker: started again when it dies, gone when the worker is, and what it does is counted."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from typing import Any

import psutil
import pytest
from kafka import KafkaProducer

from schemas.contract import contract
from schemas.encode import encode
from sinks import outbox
from validators.sample import SAMPLES

pytestmark = pytest.mark.live

TOPIC = "intake.340100.nil"
Settle = Callable[..., None]


def send(producer: KafkaProducer, *months: int) -> None:
    for month in months:
        event = {name: SAMPLES["nil"][name] for name in contract("nil").names} | {"period": f"2026-{month:02}"}
        producer.send(TOPIC, encode("nil", event), partition=0)
    producer.flush()


def relays(worker: int) -> list[psutil.Process]:
    """The relays of a worker that run."""
    try:
        children = psutil.Process(worker).children()
        return [one for one in children if "streams.relay_process" in one.cmdline()]
    except psutil.NoSuchProcess:
        return []


def told(hub: Any) -> bool:
    with hub.warehouse.read() as connection:
        return outbox.waiting(connection) == 0


def test_a_relay_that_was_killed_is_started_again_and_tells_what_was_committed_meanwhile(
    hub: Any, producer: KafkaProducer, settle_until: Settle, read_topics: Callable[..., Any]
) -> None:
    hub.publish_for("340100", "nil")
    worker = hub.worker()
    send(producer, 1)
    hub.wait_for(1)
    settle_until(lambda: told(hub), "the first told of")
    (first,) = relays(worker.pid)
    first.kill()
    send(producer, 2)
    hub.wait_for(2)
    settle_until(lambda: told(hub), "the second told of")
    assert [one.pid for one in relays(worker.pid)] != [first.pid]
    receipts = read_topics(hub.kafka, ["receipts.340100"])
    assert sum(map(len, receipts.values())) == 2
    assert "is started again" in hub.log()


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGKILL])
def test_a_relay_does_not_outlive_its_worker(hub: Any, settle_until: Settle, end: signal.Signals) -> None:
    hub.publish_for("340100", "nil")
    worker = hub.worker()
    settle_until(lambda: relays(worker.pid), "a relay")
    (relay,) = relays(worker.pid)
    os.kill(worker.pid, end)
    worker.wait(30)
    settle_until(lambda: not relay.is_running() or relay.status() == psutil.STATUS_ZOMBIE, "the relay has ended")
