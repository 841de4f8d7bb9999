"""The gateway is killed, and the broker under it, in the middle of the load: every 202, of files too, is in Kafka."""

from __future__ import annotations

import csv
import io
import signal
import threading
import uuid
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import pytest

from deploy.instance import Instance
from schemas import event_json
from schemas.contract import contract
from schemas.encode import written
from schemas.topics import intake_topic
from sinks import credentials
from sinks.warehouse import Warehouse
from tests.conftest import Hub, rows, until
from tests.gateways.http.conftest import Gateway
from tests.streams.conftest import records_of
from validators.sample import SAMPLES

pytestmark = [pytest.mark.live, pytest.mark.drill]

HEFEI, SECRET = "340100", "the-secret-of-hefei"


@pytest.fixture
def parts(tmp_path: Path) -> Iterator[Instance]:
    """A broker and a database of this test's own: the broker is killed here."""
    instance = Instance(tmp_path / "fragile")
    with instance.running():
        yield instance


@pytest.fixture
def hub(parts: Instance, tmp_path: Path) -> Iterator[Hub]:
    assert parts.endpoints is not None
    warehouse = Warehouse(parts.endpoints.database)
    warehouse.migrate()
    yield Hub(parts.endpoints.kafka, parts.endpoints.database, tmp_path, warehouse)
    warehouse.close()


Told = list[tuple[dict[str, Any], dict[str, Any]]]  # events, and the places that a 202 gave them


class Sender(threading.Thread):
    """Sends batches, each again under its key until it is acknowledged, and keeps what it was told."""

    def __init__(self, address: str, told: Told, enough: threading.Event) -> None:
        super().__init__()
        self._address, self._told, self._enough = address, told, enough
        self.refusals: list[int] = []

    def run(self) -> None:
        plain = event_json.to_json("nil", SAMPLES["nil"])
        with httpx.Client(trust_env=False, auth=(credentials.user_of(HEFEI), SECRET), timeout=40) as client:
            while not self._enough.is_set():
                batch = [{**plain, "source_ref": uuid.uuid4().hex} for _ in range(20)]
                answer = self._acknowledged(client, batch)
                if answer is not None:
                    self._told += [(batch[place["index"]], place) for place in answer["events"]]

    def _acknowledged(self, client: httpx.Client, batch: list[Any]) -> dict[str, Any] | None:
        key = {"idempotency-key": uuid.uuid4().hex}
        for _ in count():
            try:
                answer = client.post(f"{self._address}/v1/events/nil", json=batch, headers=key)
            except httpx.TransportError:
                answer = None
            if answer is not None and answer.status_code == 202:
                found: dict[str, Any] = answer.json()
                return found
            if answer is not None:
                self.refusals.append(answer.status_code)
            if self._enough.wait(0.1):
                return None
        return None


class FileSender(Sender):
    """Uploads files, each again until it is acknowledged: its digest is its key."""

    def _acknowledged(self, client: httpx.Client, batch: list[Any]) -> dict[str, Any] | None:
        out = io.StringIO()
        csv.writer(out).writerows([list(batch[0]), *([*event.values()] for event in batch)])
        while not self._enough.wait(0.1):
            try:
                answer = client.post(f"{self._address}/v1/files/nil", content=out.getvalue().encode("gb18030"))
            except httpx.TransportError:
                continue
            if answer.status_code == 202:
                return {"events": _placed(answer.json())}
            self.refusals.append(answer.status_code)
        return None


def _placed(answer: dict[str, Any]) -> list[dict[str, Any]]:
    """Where each row is: they share a key, so one partition has them in their order."""
    places = [(r["partition"], o) for r in answer["ranges"] for o in range(r["first"], r["last"] + 1)]
    assert (answer["sent"], len(places)) == (20, 20)
    return [{"index": at, "partition": place[0], "offset": place[1]} for at, place in enumerate(places)]


def test_every_202_is_in_kafka_whoever_was_killed_meanwhile(parts: Instance, hub: Hub, tmp_path: Path) -> None:
    hub.publish_for(HEFEI, "nil")
    with hub.warehouse.batch() as connection:
        credentials.keep(connection, HEFEI, SECRET)  # type: ignore[arg-type]
    gateway = Gateway(hub, tmp_path)
    gateway.start()
    until(gateway.ready, "the gateway is ready")
    told: Told = []
    enough = threading.Event()
    senders = [Sender(gateway.address, told, enough) for _ in range(3)]
    senders += [FileSender(gateway.address, told, enough)]
    for sender in senders:
        sender.start()
    try:
        for _ in range(2):
            more = len(told) + 400
            until(lambda more=more: len(told) > more, "some are acknowledged")  # type: ignore[misc]
            gateway.end(signal.SIGKILL)
            gateway.start()
        more = len(told) + 400
        until(lambda: len(told) > more, "some are acknowledged by the third gateway")
        parts.restart("broker")
        after = len(told) + 800
        until(lambda: len(told) > after, "some are acknowledged after the broker is back")
    finally:
        enough.set()
        for sender in senders:
            sender.join()
    assert gateway.end(signal.SIGTERM) == 0
    assert rows(hub, "select count(*) from upload where placed is not null")[0][0]
    assert {status for sender in senders for status in sender.refusals} <= {409, 429, 503}
    topic = intake_topic(HEFEI, "nil")
    there = {(r.partition, r.offset): r.value for found in records_of(hub.kafka, [topic]).values() for r in found}
    for event, place in told:
        complete = event_json.from_json("nil", event)
        assert isinstance(complete, dict)
        assert there.get((place["partition"], place["offset"])) == written(contract("nil"), complete)
