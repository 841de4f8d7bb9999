"""Oversight over a real broker and database: from a report behind plan to a case that the next reports close."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from kafka import KafkaConsumer, KafkaProducer, TopicPartition

from oversight.cases.keeping import events_of, rebuilt
from schemas.contract import contract
from schemas.encode import encode
from sinks import cases
from tests.conftest import until
from validators.sample import SAMPLES

pytestmark = pytest.mark.live

CITY = "340100"
FORM = json.loads((Path(__file__).parents[2] / "schemas/directive/1.json").read_text())


def sample(kind: str, **changed: Any) -> bytes:
    return encode(kind, {name: SAMPLES[kind][name] for name in contract(kind).names} | changed)


def now_ms() -> int:
    return int(datetime.now(UTC).timestamp() * 1000)


def _day(day: date) -> int:
    return (day - date(1970, 1, 1)).days


def project(month: str, progress: float, **changed: Any) -> bytes:
    """A project that began last year and is to be complete next year: half of its time has passed."""
    year = datetime.now(UTC).year
    told = {
        "month": month,
        "revision": int(month[-2:]),
        "progress": progress,
        "stage": "BUILDING",
        "planned_start": _day(date(year - 1, 1, 5)),
        "planned_completion": _day(date(year + 1, 12, 20)),
        "actual_start": _day(date(year - 1, 1, 5)),
        "actual_completion": None,
        "reported_at": now_ms(),
    }
    return sample("project", **told | changed)


def answer(number: str, sequence: int, action: str = "ACKNOWLEDGE", **changed: Any) -> bytes:
    told = {
        "case_number": number,
        "sequence": sequence,
        "action": action,
        "division": SAMPLES["project"]["division"],
        "reported_at": now_ms(),
        "requested_until": None,
        "evidence": [],
    }
    return sample("response", **told | changed)


class Oversight:
    """The oversight process of a hub, started and killed as a test likes."""

    def __init__(self, hub: Any) -> None:
        self.hub = hub
        self.started: list[subprocess.Popen[bytes]] = []

    def start(self, **environ: str) -> subprocess.Popen[bytes]:
        with self.log.open("ab") as sink:
            process = subprocess.Popen(
                [sys.executable, "-m", "streams.oversight_process"],
                env={
                    **os.environ,
                    **self.hub.kafka.environ(),
                    "HUILIU_DATABASE": self.hub.database,
                    "HUILIU_HOME": str(self.hub.home / "oversight"),
                    "HUILIU_SESSION_SECONDS": "6",
                    **environ,
                },
                stderr=sink,
            )
        self.started.append(process)
        return process

    @property
    def log(self) -> Path:
        return Path(self.hub.home / "oversight.log")

    def stop(self) -> None:
        for process in self.started:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
                process.wait(30)

    def told(self, division: str = CITY) -> list[dict[str, Any]]:
        """What is in a division's topic."""
        place = TopicPartition(f"directives.{division}", 0)
        with closing(KafkaConsumer(**self.hub.kafka.kafka_python(), auto_offset_reset="earliest")) as consumer:
            consumer.assign([place])
            end = consumer.end_offsets([place])[place]
            found: list[Any] = []
            while consumer.position(place) < end:
                found += consumer.poll(500).get(place, [])
        return [json.loads(record.value) | {"id": dict(record.headers)["huiliu.id"].decode()} for record in found]

    def cases(self) -> list[dict[str, Any]]:
        with self.hub.warehouse.read() as connection:
            return cases.listed(connection, closed=True)

    def kinds(self, number: str) -> list[str]:
        with self.hub.warehouse.read() as connection:
            return [event.kind for event in events_of(connection, number)]

    def wait(self, condition: Callable[[], object], what: str) -> None:
        def there() -> bool:
            if self.started[-1].poll() is not None:
                pytest.fail(f"oversight ended with {self.started[-1].returncode}:\n{self.log.read_text()[-4000:]}")
            return bool(condition())

        until(there, what, 90)


@pytest.fixture
def oversight(hub: Any) -> Iterator[Oversight]:
    hub.publish_for(CITY, "project", "response")
    hub.publish_for("340200", "response")
    running = Oversight(hub)
    yield running
    running.stop()


@pytest.fixture
def producer(hub: Any) -> Iterator[KafkaProducer]:
    with closing(KafkaProducer(**hub.kafka.kafka_python())) as producer:
        yield producer


def test_a_project_behind_plan_becomes_a_case_is_answered_and_closed_by_its_next_report(
    hub: Any, oversight: Oversight, producer: KafkaProducer
) -> None:
    hub.worker()
    oversight.start()
    year = datetime.now(UTC).year
    producer.send(f"intake.{CITY}.project", project(f"{year}-01", 1.0), partition=0)
    producer.flush()
    oversight.wait(oversight.cases, "a case")
    oversight.wait(oversight.told, "a directive")
    (case,) = [one for one in oversight.cases() if one["rule"].startswith("OV-PJ-P")]
    number = case["number"]
    first = next(one for one in oversight.told() if one["case"] == number)
    jsonschema.validate({name: value for name, value in first.items() if name != "id"}, FORM)
    assert first["id"] == first["identity"]

    producer.send("intake.340200.response", answer(number, 1, division="340202"), partition=0)
    producer.flush()
    oversight.wait(lambda: any(one["kind"] == "ANSWER_REFUSED" for one in oversight.told("340200")), "refused")
    producer.send(f"intake.{CITY}.response", answer(number, 1), partition=0)  # a stranger takes nobody's place
    producer.flush()
    oversight.wait(lambda: {"ACKNOWLEDGED", "RECTIFYING"} <= set(oversight.kinds(number)), "signed for")
    with hub.warehouse.read() as connection:
        refused = [row["code"] for row in cases.answers(connection, number) if row["outcome"] == "REFUSED"]
    assert refused == ["CASE-DIVISION"]

    for month in ("02", "03"):  # red turns yellow first and goes out with the next report
        producer.send(f"intake.{CITY}.project", project(f"{year}-{month}", 95.0), partition=0)
    producer.flush()
    oversight.wait(lambda: "CLOSED" in oversight.kinds(number), "closed by fresh data")
    with hub.warehouse.read() as connection:
        assert rebuilt(connection, [number]) == []
        assert {row["basis"] for row in cases.listed(connection, closed=True) if row["number"] == number} == {
            "FRESH_DATA"
        }
    oversight.wait(lambda: "CLOSED" in [one["kind"] for one in oversight.told() if one["case"] == number], "told")


@pytest.mark.drill
def test_oversight_killed_at_each_of_its_steps_doubles_nothing(
    hub: Any, oversight: Oversight, producer: KafkaProducer
) -> None:
    hub.worker()
    producer.send(f"intake.{CITY}.project", project(f"{datetime.now(UTC).year}-01", 1.0), partition=0)
    producer.flush()
    hub.wait_for(1)

    def killed_at(step: str) -> None:
        process = oversight.start(HUILIU_CRASH_AT=step)
        until(lambda: process.poll() is not None, f"killed at {step}\n{oversight.log.read_text()[-2000:]}", 90)
        assert process.returncode == -signal.SIGKILL, oversight.log.read_text()[-4000:]

    killed_at("judged")
    assert oversight.cases() == []
    killed_at("told")
    (number,) = {one["number"] for one in oversight.cases() if one["rule"].startswith("OV-PJ-P")}
    producer.send(f"intake.{CITY}.response", answer(number, 1), partition=0)
    producer.flush()
    hub.wait_for(2)
    killed_at("kept")
    oversight.start()
    oversight.wait(lambda: "RECTIFYING" in oversight.kinds(number), "signed for")
    assert oversight.kinds(number).count("ACKNOWLEDGED") == 1
    told = [one["id"] for one in oversight.told() if one["kind"] == "ASSIGNED" and one["case"] == number]
    assert len(told) >= 2, "told again after the kill between broker and mark"
    assert len(set(told)) == 1, "under one identity"
    with hub.warehouse.read() as connection:
        assert len(cases.answers(connection, number)) == 1
        assert rebuilt(connection, [one["number"] for one in oversight.cases()]) == []
