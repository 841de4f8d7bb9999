"""Mending over HTTP: what was rejected is seen, corrected with a header, and closed; readings wait visibly."""

from __future__ import annotations

import pytest

from tests.conftest import Hub, until
from tests.gateways.http.conftest import Caller
from tests.gateways.http.test_gateway_live import HEFEI, gateway, login, nil, reading

pytestmark = pytest.mark.live

__all__ = ["gateway"]


def test_a_correction_over_http_closes_what_it_cites(hub: Hub, gateway: Caller) -> None:
    hub.worker()
    bad = [nil(month, reason=" ", source_ref=f"R-{month}") for month in (1, 2)]
    assert gateway.post("/v1/events/nil", json=bad).status_code == 202
    assert gateway.post("/v1/events/reading", json=reading(60)).status_code == 202
    hub.wait_for(3)
    told = gateway.get("/v1/quarantine", params={"kind": "nil"}).json()["quarantine"]
    places = [f"{one['topic']}/{one['partition']}/{one['offset']}" for one in told]
    paths = [f"/v1/quarantine/{place}" for place in places]
    references = [gateway.get(path).json()["findings"][0]["source_ref"] for path in paths]
    (waiting,) = gateway.get("/v1/quarantine", params={"status": "waiting"}).json()["quarantine"]
    assert waiting["awaits"] == reading(60)["mn"]

    mended = [nil(int(reference[-1])) for reference in references]
    for wrong in ("over there", places[0], ",".join([*places, *places])):
        refused = gateway.post("/v1/events/nil", json=mended, headers={"huiliu-corrects": wrong})
        assert (refused.status_code, refused.json()["parameter"]) == (400, "Huiliu-Corrects")
    sent = gateway.post("/v1/events/nil", json=mended, headers={"huiliu-corrects": ", ".join(places)})
    assert sent.status_code == 202, sent.text
    until(lambda: all(gateway.get(path).json()["status"] == "corrected" for path in paths), "both are closed")
    closed = gateway.get(paths[0]).json()
    assert closed["closed_by"]["topic"] == f"intake.{HEFEI}.nil"
    assert closed["seconds_to_correct"] > 0
    assert gateway.get(paths[0], headers=login("340200")).status_code == 404
