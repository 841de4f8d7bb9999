"""The HTTP interface answers whatever the worker is doing, and says no where it is not well."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import ProxyHandler, Request, build_opener

import pytest
from prometheus_client import CollectorRegistry
from prometheus_client.parser import text_string_to_metric_families

from huiliu.exposition import Exposition
from huiliu.kafka import Cluster
from streams import watch as watching
from streams.gauges import Gauges
from streams.metrics import METRICS
from streams.places import Places
from streams.watch import Watch, Watched

TOPIC = "intake.340100.nil"


def consumer(end: int) -> Any:
    """What Faust's consumer looks like from outside, with one partition that it has read to offset 2."""
    place = SimpleNamespace(topic=TOPIC, partition=0)
    state = SimpleNamespace(lso=end, highwater=end, _position=2, timestamp=watching.now_ms())
    assignment = SimpleNamespace(active=True, tps=frozenset(), state_value=lambda tp: state)
    assignment.tps = (place,)
    subscription = SimpleNamespace(subscription=SimpleNamespace(assignment=assignment))
    return SimpleNamespace(_thread=SimpleNamespace(_consumer=SimpleNamespace(_subscription=subscription)))


@pytest.fixture
def served() -> Iterator[Exposition]:
    """A worker with one partition of which three records are not loaded; nobody looks unless told to."""
    places = Places()
    places.assigned({(TOPIC, 0): 2})
    found = consumer(5)
    watch = Watch(Watched(lambda: found, lambda: 1, lambda: 17, places), Cluster("127.0.0.1:1"), 30.0)
    watch._broker._retention_at = watching.time.monotonic()  # there is no broker to ask
    registry = CollectorRegistry()
    registry.register(Gauges(watch.snapshot))
    server = Exposition("127.0.0.1", 0, registry, watch)
    server.start()
    yield server
    server.shutdown()
    server.server_close()


def get(server: Exposition, path: str, method: str = "GET") -> tuple[int, str]:
    try:
        with build_opener(ProxyHandler({})).open(Request(server.address + path, method=method), timeout=5) as answer:
            return answer.status, answer.read().decode()
    except HTTPError as refused:
        with refused:
            return refused.code, refused.read().decode()


def samples(server: Exposition) -> dict[str, float]:
    families = text_string_to_metric_families(get(server, "/metrics")[1])
    return {one.name: one.value for family in families for one in family.samples}


def test_it_is_not_ready_before_the_first_look_and_says_why(served: Exposition) -> None:
    code, body = get(served, "/ready")
    assert code == 503
    assert json.loads(body) == {"ready": False, "reason": "starting", "seconds": 0.0}
    assert samples(served)["huiliu_ready"] == 0


def test_a_look_shows_in_every_gauge(served: Exposition) -> None:
    served.watch.look()
    seen = samples(served)
    assert seen["huiliu_ready"] == 1
    assert seen["huiliu_lag_records"] == 3
    assert seen["huiliu_backlog_rows"] == 17
    assert seen["huiliu_assigned_partitions"] == 1
    absent = {"huiliu_loaded_timestamp_seconds"}  # nothing was loaded
    assert {one.name for one in METRICS if one.type == "gauge"} - absent == set(seen)
    assert get(served, "/ready?verbose")[0] == 200


def test_it_is_alive_until_the_event_loop_does_not_answer(served: Exposition, monkeypatch: pytest.MonkeyPatch) -> None:
    loop = asyncio.new_event_loop()
    try:
        served.watch._loop.attach(loop)
        served.watch.look()
        loop.run_until_complete(asyncio.sleep(0))
        assert get(served, "/live") == (200, '{"live": true}\n')
        monkeypatch.setattr(watching, "LOOP_PATIENCE", 0.0)
        served.watch.look()
        assert get(served, "/live")[0] == 503
        assert samples(served)["huiliu_loop_delay_seconds"] > 0
    finally:
        loop.close()


def test_a_caller_that_says_nothing_holds_up_nobody(served: Exposition) -> None:
    address = urlsplit(served.address)
    silent = [socket.create_connection((address.hostname, address.port)) for _ in range(20)]
    try:
        assert get(served, "/live")[0] == 200
    finally:
        for one in silent:
            one.close()


def test_other_paths_and_methods_are_refused_and_head_has_no_body(served: Exposition) -> None:
    assert get(served, "/etc/passwd")[0] == 404
    assert get(served, "/ready", "POST")[0] == 501
    assert get(served, "/live", "HEAD") == (200, "")


def test_an_address_that_is_taken_is_an_error_of_the_system(served: Exposition) -> None:
    port = urlsplit(served.address).port or 0
    with pytest.raises(OSError, match="in use"):
        Exposition("127.0.0.1", port, served.registry, served.watch)
