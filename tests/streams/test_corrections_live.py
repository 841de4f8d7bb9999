"""A record that cites a rejected one closes it when it is loaded, joins it when it is rejected, and only its own."""

from __future__ import annotations

import urllib.request
from collections.abc import Callable
from typing import Any

import pytest
from kafka import KafkaProducer
from sqlalchemy import text

from deploy.ports import choose
from schemas.citation import CORRECTS
from schemas.contract import contract
from schemas.encode import encode
from sinks import corrections, quarantine
from tests.conftest import until
from validators.sample import SAMPLES

pytestmark = pytest.mark.live

TOPIC, OTHER = "intake.340100.nil", "intake.340200.nil"


def nil(**changes: Any) -> bytes:
    return encode("nil", {name: SAMPLES["nil"][name] for name in contract("nil").names} | changes)


def corrected(probe: int) -> float:
    """How many corrections a worker's metrics tell of."""
    with urllib.request.urlopen(f"http://127.0.0.1:{probe}/metrics", timeout=30) as answer:
        lines = answer.read().decode().splitlines()
    told = [line.split()[-1] for line in lines if line.startswith('huiliu_correction_seconds_count{kind="nil"}')]
    return float(told[0]) if told else 0.0


def test_corrections_close_what_they_cite(
    hub: Any, producer: KafkaProducer, settle_until: Callable[..., None], prove: Callable[..., None]
) -> None:
    hub.publish_for("340100", "nil")
    hub.publish_for("340200", "nil")

    def send(value: bytes, cites: str | None = None, topic: str = TOPIC) -> None:
        headers = [("trace", b"1"), (CORRECTS, cites.encode())] if cites is not None else []
        producer.send(topic, value, b"k", headers, partition=0)
        producer.flush()

    bad = nil(reason=" ", source_ref="A-7")
    send(bad)  # 0
    send(bad)  # 1
    probe = choose()
    hub.worker(HUILIU_METRICS_PORT=str(probe))
    hub.wait_for(2)
    send(bad, f"{TOPIC}/0/0")  # 2: an attempt that is rejected too
    send(nil(division="340203"), f"{TOPIC}/0/1", OTHER)  # another's: has no effect
    send(nil(period="2026-03"), "over there")  # 3: cites nothing
    hub.wait_for(5)
    assert status(hub) == {0: ("open", None, None), 1: ("open", None, None), 2: ("open", 0, None)}
    send(nil(period="2026-01"), f"{TOPIC}/0/2")  # 4: cites the attempt, and so the matter
    send(nil(period="2026-01"), f"{TOPIC}/0/1")  # 5: a duplicate: what it says is loaded
    hub.wait_for(7)
    assert status(hub) == {0: ("corrected", None, 4), 1: ("corrected", None, 5), 2: ("corrected", 0, 4)}
    prove()
    # Two matters, three rejected records: how long they took is shown once for each matter.
    until(lambda: corrected(probe) == 2.0, "the time to correct is shown")
    with hub.warehouse.read() as connection:
        astray = connection.execute(
            text('select topic, "offset", severity, value from finding join intake on id = intake'
                 " where code = 'HL-CITE-01' order by 1, 2")
        ).all()  # fmt: skip
        (times,) = corrections.times(connection, "340100")
        entry = quarantine.entry(connection, TOPIC, 0, 0)
        assert entry is not None
        history = corrections.history(connection, entry)
    assert [tuple(row) for row in astray] == [(TOPIC, 3, "info", "over there"), (OTHER, 0, "info", f"{TOPIC}/0/1")]
    assert (times["kind"], times["corrected"], times["open"]) == ("nil", 2, 0)
    assert 0 < times["median_seconds"] <= times["p90_seconds"] < 600
    assert (history["closed_by"], history["corrects"]) == ((TOPIC, 0, 4), None)
    assert [attempt["offset"] for attempt in history["attempts"]] == [2]
    assert {finding["source_ref"] for finding in entry["findings"]} == {"A-7"}


def test_a_chain_of_attempts_in_one_batch_is_one_matter(
    hub: Any, producer: KafkaProducer, prove: Callable[..., None]
) -> None:
    hub.publish_for("340100", "nil")
    for cites in (None, 0, 1, 2):
        headers = [] if cites is None else [(CORRECTS, f"{TOPIC}/0/{cites}".encode())]
        value = nil(reason=" ") if cites != 2 else nil()
        producer.send(TOPIC, value, b"k", headers, partition=0)
    producer.flush()
    hub.worker()
    hub.wait_for(4)
    assert status(hub) == {0: ("corrected", None, 3), 1: ("corrected", 0, 3), 2: ("corrected", 0, 3)}
    prove()


def status(hub: Any) -> dict[int, tuple[Any, ...]]:
    statement = 'select "offset", status, corrects_offset, closed_offset from quarantine'
    with hub.warehouse.read() as connection:
        return {row[0]: tuple(row[1:]) for row in connection.execute(text(statement))}
