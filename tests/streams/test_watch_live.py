"""A real worker is seen while it runs: its metrics are the ledger's figures; it is ready as long as offsets move."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Any
from urllib.error import HTTPError
from urllib.request import ProxyHandler, build_opener

import pytest
from kafka import KafkaProducer
from kafka.admin import ConfigResource
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import text

from deploy.ports import choose
from huiliu.clock import now_ms
from huiliu.kafka import Cluster
from huiliu.kafka_admin import admin
from schemas.contract import contract
from schemas.encode import encode
from streams import look
from streams.lag import Retention
from streams.places import Known
from streams.watch import _Broker
from validators.sample import SAMPLES

pytestmark = pytest.mark.live

Hub = Any
Waiting = Callable[..., None]

TOPIC = "intake.340100.nil"
STALL = 5


class Seen:
    """A worker as its HTTP interface shows it."""

    def __init__(self, port: int) -> None:
        self.address = f"http://127.0.0.1:{port}"

    def get(self, path: str) -> tuple[int, str]:
        try:
            with build_opener(ProxyHandler({})).open(self.address + path, timeout=5) as answer:
                return answer.status, answer.read().decode()
        except HTTPError as refused:
            return refused.code, refused.read().decode()
        except OSError:
            return 0, "{}"

    def ready(self) -> tuple[int, str]:
        code, body = self.get("/ready")
        return code, json.loads(body).get("reason", "")

    def samples(self) -> dict[tuple[str, tuple[str, ...]], float]:
        """Samples by name and values of their labels."""
        _, body = self.get("/metrics")
        families = text_string_to_metric_families(body)
        return {(one.name, tuple(one.labels.values())): one.value for family in families for one in family.samples}

    def sample(self, name: str, *labels: str) -> float | None:
        return self.samples().get((name, labels))


def events(first: int, last: int) -> Iterator[bytes]:
    sample = {name: SAMPLES["nil"][name] for name in contract("nil").names if name in SAMPLES["nil"]}
    for number in range(first, last):
        yield encode("nil", {**sample, "period": f"{2020 + number // 12}-{number % 12 + 1:02d}"})


def send(producer: KafkaProducer, *values: bytes) -> None:
    for value in values:
        producer.send(TOPIC, value=value, key=b"1")
    producer.flush()


@contextmanager
def ledger_held(hub: Hub) -> Iterator[None]:
    """Somebody else has the rows of the ledger: whoever loads waits."""
    with hub.warehouse.batch() as connection:
        connection.execute(text("select id from intake for update"))
        yield


@pytest.fixture
def worker(hub: Hub) -> Seen:
    hub.publish_for("340100", "nil")
    port = choose()
    hub.worker(HUILIU_METRICS_PORT=str(port), HUILIU_STALL_SECONDS=str(STALL))
    return Seen(port)


def test_metrics_are_the_ledgers_figures(
    hub: Hub, worker: Seen, producer: KafkaProducer, settle_until: Waiting
) -> None:
    settle_until(lambda: worker.ready() == (200, "ready"), "ready")
    good = list(events(0, 20))
    send(producer, *good, good[0], b"no event")
    hub.wait_for(22)
    settle_until(lambda: worker.sample("huiliu_lag_records", TOPIC) == 0, "nothing waits")
    with hub.warehouse.read() as connection:
        told = connection.execute(text("select sum(accepted), sum(duplicate), sum(quarantined) from ledger")).one()
    seen = worker.samples()
    outcomes = ("accepted", "duplicate", "quarantined")
    assert [seen["huiliu_records_total", ("nil", outcome)] for outcome in outcomes] == [int(count) for count in told]
    assert seen["huiliu_stage_rows_total", ("commit",)] == 22
    assert seen["huiliu_stage_rows_total", ("decode",)] == 22
    assert seen["huiliu_stage_seconds_count", ("gate",)] >= 1
    assert seen["huiliu_until_loss_hours", ()] == float("inf")
    assert seen["huiliu_oldest_unprocessed_seconds", ()] == 0
    assert seen["huiliu_assigned_partitions", ()] == 2
    assert ("huiliu_oldest_unprocessed_timestamp_seconds", ()) not in seen
    settle_until(lambda: worker.sample("huiliu_stage_rows_total", "relay"), "the relay has told")
    assert worker.get("/live")[0] == 200
    assert worker.get("/")[0] == 404


def test_a_worker_that_stands_still_is_not_ready_until_offsets_move_again(
    hub: Hub, worker: Seen, producer: KafkaProducer, settle_until: Waiting
) -> None:
    send(producer, *events(0, 5))
    hub.wait_for(5)
    settle_until(lambda: worker.ready() == (200, "ready"), "ready")
    with ledger_held(hub):
        send(producer, *events(5, 12))
        settle_until(lambda: worker.ready() == (503, "standing_still"), "not ready")
        seen = worker.samples()
        assert seen["huiliu_ready", ()] == 0
        assert seen["huiliu_lag_records", (TOPIC,)] == 7
        assert seen["huiliu_oldest_unprocessed_seconds", ()] > STALL - 1
        assert seen["huiliu_lag_event_seconds", ()] >= seen["huiliu_oldest_unprocessed_seconds", ()]
        assert seen["huiliu_backlog_rows", ()] == 7
        assert worker.get("/live")[0] == 200, "a new start would not help"
    settle_until(lambda: worker.ready() == (200, "ready"), "ready again")
    hub.wait_for(12)


def test_without_a_publisher_a_worker_is_ready_for_one(hub: Hub, settle_until: Waiting) -> None:
    hub.make_topics()
    port = choose()
    hub.worker(HUILIU_METRICS_PORT=str(port))
    worker = Seen(port)
    settle_until(lambda: worker.ready() == (200, "ready"), "ready")
    assert worker.sample("huiliu_assigned_partitions") == 0


def test_a_consumer_that_has_fallen_silent_does_not_hide_what_waits(
    hub: Hub, producer: KafkaProducer, settle_until: Waiting
) -> None:
    """Its last word was that nothing waits, a minute ago; the broker knows better."""
    hub.publish_for("340100", "nil")
    send(producer, *events(0, 3))
    long_ago = now_ms() - 60_000
    broker = _Broker(hub.kafka)
    broker._ends_at -= 15
    parts = {(TOPIC, part): Known(0, 0, long_ago) for part in (0, 1)}
    told = broker.beside(parts)
    assert told is not None
    assert sum(one.end or 0 for one in told.values()) == 3
    away = _Broker(Cluster("127.0.0.1:1"))
    away._ends_at -= 15
    assert away.beside(parts) is None
    fresh = {place: one._replace(told_ms=now_ms()) for place, one in parts.items()}
    assert away.beside(fresh) == fresh


def test_retention_is_what_the_topic_has(hub: Hub, producer: KafkaProducer, settle_until: Waiting) -> None:
    hub.publish_for("340100", "nil")
    send(producer, *events(0, 50))
    with admin(hub.kafka, 5_000) as client:
        assert look.retention(client, [TOPIC]) == {TOPIC: Retention(-1, -1)}
        client.alter_configs([ConfigResource("TOPIC", TOPIC, {"retention.ms": "3600000", "retention.bytes": "9000"})])
        settle_until(lambda: look.retention(client, [TOPIC])[TOPIC].ms > 0, "the topic has it")
        kept = look.retention(client, [TOPIC])[TOPIC]
        seen = look.view(hub.kafka, client, [TOPIC], {})
    assert (kept.ms, kept.bytes) == (3_600_000, 9_000)
    assert kept.record_bytes is not None
    assert 50 < kept.record_bytes < 500
    assert sum(one.records for one in seen.standings) == 50
    (oldest,) = [one.oldest_ms for one in seen.standings if one.records]
    assert 0 <= now_ms() - (oldest or 0) < 60_000
    assert seen.newest_loaded_ms is None


def test_a_view_of_the_broker_passes_over_transactions_and_knows_what_was_loaded_last(hub: Hub) -> None:
    hub.publish_for("340100", "nil")
    with closing(KafkaProducer(**hub.kafka.kafka_python(), transactional_id="one", acks="all")) as sender:
        sender.init_transactions()
        sender.begin_transaction()
        for value in events(0, 4):
            sender.send(TOPIC, value=value, partition=1)
        sender.commit_transaction()
    with admin(hub.kafka, 5_000) as client:
        level = look.view(hub.kafka, client, [TOPIC], {(TOPIC, 1): 4})
        behind = look.view(hub.kafka, client, [TOPIC], {(TOPIC, 1): 3})
    assert sum(one.records for one in level.standings) == 0
    assert [one.oldest_ms is not None for one in behind.standings if one.records] == [True]
    assert level.newest_loaded_ms is not None
    assert behind.newest_loaded_ms is not None
