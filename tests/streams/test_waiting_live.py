"""Readings that come before their registration wait, and the facts are the same whichever came first."""

from __future__ import annotations

import random
import signal
from collections.abc import Callable
from typing import Any

import pytest
from kafka import KafkaProducer
from sqlalchemy import text

from schemas.contract import contract
from schemas.encode import encode
from validators.sample import SAMPLES

pytestmark = pytest.mark.live

CITY, TOPICS = "340100", {kind: f"intake.340100.{kind}" for kind in ("reading", "registration")}
HOUR = 3_600_000
Settle = Callable[..., None]


def event(kind: str, **changes: Any) -> bytes:
    return encode(kind, {name: SAMPLES[kind][name] for name in contract(kind).names} | changes)


def reading(mn: str, hour: int, revision: int = 1, **changes: Any) -> tuple[str, str, bytes]:
    start = SAMPLES["reading"]["start"] - hour * HOUR
    told = event("reading", mn=mn, start=start, reported_at=start + HOUR, revision=revision, **changes)
    return "reading", mn, told


def registration(mn: str) -> tuple[str, str, bytes]:
    return "registration", mn, event("registration", mn=mn)


def send(producer: KafkaProducer, events: list[tuple[str, str, bytes]]) -> int:
    for kind, mn, value in events:
        producer.send(TOPICS[kind], value, mn.encode())
    producer.flush()
    return len(events)


def found(hub: Any, statement: str, **parameters: Any) -> list[Any]:
    with hub.warehouse.read() as connection:
        return [tuple(row) for row in connection.execute(text(statement), parameters)]


def states(hub: Any) -> dict[str, int]:
    return dict(found(hub, "select status, count(*) from quarantine group by 1"))


def facts(hub: Any) -> dict[str, list[Any]]:
    """By monitor what is known of its readings, without where and when it came."""
    columns = "start, revision, average, corrected, limit_value, exceeded, valid, reading.division, source_ref, flagged"
    told: dict[str, list[Any]] = {}
    for mn, *row in found(
        hub, f"select mn, {columns} from reading join outlet on outlet.id = outlet order by mn, start"
    ):
        told.setdefault(mn, []).append(row)
    return told


def test_any_order_of_registration_and_readings_gives_the_same_facts(
    hub: Any, producer: KafkaProducer, settle_until: Settle, prove: Callable[..., None]
) -> None:
    hub.publish_for(CITY, "reading", "registration")
    hub.worker()
    chance, monitors = random.Random(7), [f"MN{n:02}" for n in range(10)]
    orders = {}
    for mn in monitors:
        mine = [
            reading(mn, 1),
            reading(mn, 2),
            reading(mn, 2),  # sent twice
            reading(mn, 2, revision=2, average=55.0, corrected=60.0, maximum=70.0),
            reading(mn, 3, average=44.0, corrected=48.0, maximum=70.0),
            registration(mn),
        ]
        chance.shuffle(mine)
        orders[mn] = mine
    orders[monitors[0]].sort(key=lambda one: one[0] == "registration")  # everything before its registration
    orders[monitors[1]].sort(key=lambda one: one[0] != "registration")
    sent = 0
    for step in range(6):
        sent += send(producer, [orders[mn][step] for mn in monitors])
        hub.wait_for(sent)
    settle_until(lambda: set(states(hub)) == {"corrected"}, "all that waited is closed")
    prove()
    known = facts(hub)
    assert set(known) == set(monitors)
    assert all(known[mn] == known[monitors[1]] for mn in monitors)
    assert [row[1] for row in known[monitors[0]]] == [1, 2, 1]
    assert found(hub, "select count(*) from release") == [(0,)]
    waited = found(hub, "select count(*) from quarantine")[0][0]
    assert hub.loaded() == sent + waited, "each was sent again once"
    assert found(hub, "select count(*) from quarantine where closed_intake is null") == [(0,)]


@pytest.mark.drill
def test_a_relay_killed_after_sending_loses_nothing_and_doubles_nothing(
    hub: Any,
    producer: KafkaProducer,
    settle_until: Settle,
    prove: Callable[..., None],
    read_topics: Callable[..., dict[Any, list[Any]]],
) -> None:
    hub.publish_for(CITY, "reading", "registration")
    process = hub.worker(HUILIU_CRASH_AT="released", HUILIU_SESSION_SECONDS="6")
    sent = send(producer, [reading("MN01", hour) for hour in range(1, 31)])
    hub.wait_for(sent)
    assert states(hub) == {"waiting": sent}
    send(producer, [registration("MN01")])
    assert process.wait(60) == -signal.SIGKILL, hub.log()
    assert found(hub, "select mn from release") == [("MN01",)]
    hub.worker(HUILIU_SESSION_SECONDS="6")
    settle_until(lambda: states(hub) == {"corrected": sent}, "all closed")
    settle_until(lambda: found(hub, "select count(*) from release") == [(0,)], "nothing left to send")
    topics = [f"intake.{CITY}.{kind}" for kind in ("reading", "registration")]
    settle_until(
        lambda: hub.loaded() == sum(map(len, read_topics(hub.kafka, topics).values())), "what was sent twice is loaded"
    )
    prove()
    assert len(facts(hub)["MN01"]) == sent


def test_a_reading_of_a_wrong_division_waits_no_more_once_its_outlet_is_known(
    hub: Any, producer: KafkaProducer, settle_until: Settle, prove: Callable[..., None]
) -> None:
    hub.publish_for(CITY, "reading", "registration")
    hub.worker()
    send(producer, [reading("MN01", 1, division="340103")])
    hub.wait_for(1)
    send(producer, [registration("MN01")])
    settle_until(lambda: states(hub) == {"requeued": 1, "open": 1}, "judged anew and rejected for good")
    statement = """
        select attempt.awaits, attempt.corrects_offset = former."offset", finding.code, finding.source_ref
        from quarantine former, quarantine attempt join finding using (intake, "offset")
        where former.status = 'requeued' and attempt.status = 'open'
    """
    linked = found(hub, statement)
    assert linked == [(None, True, "RD-OUTLET-02", SAMPLES["reading"]["source_ref"])]
    prove()
