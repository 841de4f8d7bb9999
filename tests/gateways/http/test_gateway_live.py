"""The gateway over a real broker and database: events in, coordinates back, and what became of them."""

from __future__ import annotations

import base64
import dataclasses
import gzip
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import text

from gateways.http.app import build
from huiliu.settings import Settings
from schemas import wire
from schemas.contract import contract
from schemas.event_json import to_json
from schemas.topics import intake_topic, receipts_topic
from sinks import credentials, publishers
from streams import receipt_pages
from streams.receipt_check import Account
from tests.conftest import Hub, rows, until
from tests.gateways.http.conftest import Caller, calling
from tests.streams.conftest import records_of
from validators.sample import SAMPLES

pytestmark = pytest.mark.live

HEFEI, WUHU = "340100", "340200"
SECRETS = {HEFEI: "hefei-secret", WUHU: "wuhu-secret"}
KINDS = ("nil", "reading", "registration")


def login(division: str) -> dict[str, str]:
    pair = f"{credentials.user_of(division)}:{SECRETS[division]}"
    return {"authorization": "Basic " + base64.b64encode(pair.encode()).decode()}


def nil(month: int = 1, **changes: Any) -> dict[str, Any]:
    year, rest = divmod(month - 1, 12)
    return {**to_json("nil", SAMPLES["nil"]), "period": f"{2000 + year}-{rest + 1:02d}", **changes}


def reading(minute: int, **changes: Any) -> dict[str, Any]:
    start = f"2026-05-{1 + minute // 1440:02d}T{minute // 60 % 24:02d}:{minute % 60:02d}:00+08:00"
    return {**to_json("reading", SAMPLES["reading"]), "start": start, **changes}


@pytest.fixture
def gateway(hub: Hub, settings: Settings) -> Iterator[Caller]:
    """A gateway in this process, and two publishers."""
    with served(hub, settings) as caller:
        yield caller


@contextmanager
def served(hub: Hub, settings: Settings, patience: float = 20.0) -> Iterator[Caller]:
    for division, secret in SECRETS.items():
        hub.publish_for(division, *KINDS)
        with hub.warehouse.batch() as connection:
            credentials.keep(connection, division, secret)  # type: ignore[arg-type]
    app = build(hub.kafka, hub.warehouse, settings, patience)
    with calling(app, app.router.lifespan_context(app)) as caller:
        caller.client.headers.update(login(HEFEI))
        until(lambda: caller.get("/ready").status_code == 200, "the gateway is ready")
        yield caller


def kept(hub: Hub, kind: str) -> dict[tuple[int, int], Any]:
    """What Kafka has of Hefei's events of a kind, by place."""
    found = records_of(hub.kafka, [intake_topic(HEFEI, kind)])
    return {(record.partition, record.offset): record for records in found.values() for record in records}


def test_each_way_to_send_is_acknowledged_with_the_places_where_kafka_has_it(hub: Hub, gateway: Caller) -> None:
    one = gateway.post("/v1/events/nil", json=nil(1))
    assert one.status_code == 202, one.text
    many = gateway.post("/v1/events/reading", json=[reading(minute) for minute in range(600)])
    lines = b"".join(json.dumps(reading(minute)).encode() + b"\n" for minute in range(600, 640))
    typed = {"content-type": "application/x-ndjson"}
    ndjson = gateway.post("/v1/events/reading", content=b"\n" + lines, headers=typed)
    packed = {"content-type": "application/json", "content-encoding": "gzip"}
    zipped = gateway.post("/v1/events/registration", content=gzip.compress(_json("registration")), headers=packed)
    for kind, answer, count in (("nil", one, 1), ("reading", many, 600), ("registration", zipped, 1)):
        assert answer.status_code == 202, answer.text
        told, there = answer.json(), kept(hub, kind)
        assert (told["sent"], told["refused"], len(told["events"])) == (count, 0, count)
        for place in told["events"]:
            record = there[place["partition"], place["offset"]]
            assert (place["topic"], wire.unpack(record.value)[0]) == (record.topic, contract(kind).schema_id)
    assert ndjson.json()["sent"] == 40
    places = {(e["partition"], e["offset"]) for answer in (many, ndjson) for e in answer.json()["events"]}
    assert places == kept(hub, "reading").keys()
    assert {record.key for record in kept(hub, "reading").values()} == {reading(0)["mn"].encode()}
    assert many.headers["location"] == f"/v1/submissions/{many.json()['submission']}"


def _json(kind: str, **changes: Any) -> bytes:
    return json.dumps({**to_json(kind, SAMPLES[kind]), **changes}).encode()


def test_who_does_not_prove_to_be_a_registered_publisher_is_told_how(hub: Hub, gateway: Caller) -> None:
    wrong = "Basic " + base64.b64encode(b"publisher-340100:guess").decode()
    for header in ("", wrong, "Basic !", "Bearer nothing", "Digest x"):
        answer = gateway.post("/v1/events/nil", json=nil(), headers={"authorization": header})
        assert (answer.status_code, answer.json()["code"]) == (401, "unauthorized")
        assert "Basic" in answer.headers["www-authenticate"]
        assert answer.json()["zh"]["mend"]
        assert answer.json()["en"]["mend"]
    bearer = {"authorization": f"Bearer {credentials.user_of(HEFEI)}:{SECRETS[HEFEI]}"}
    assert gateway.post("/v1/events/nil", json=nil(), headers=bearer).status_code == 202
    assert gateway.post("/v1/events/award", json={}).json()["code"] == "kind-not-permitted"
    assert gateway.post("/v1/events/awards", json={}).status_code == 404
    english = gateway.post("/v1/events/award", json={}, headers={"accept-language": "fr, en;q=0.5"}).json()
    assert english["title"] == "Not registered for this kind"
    with hub.warehouse.batch() as connection:
        publishers.suspend(connection, WUHU, suspended=True)  # type: ignore[arg-type]
    answer = gateway.post("/v1/events/nil", json=nil(), headers=login(WUHU))
    assert (answer.status_code, answer.json()["code"]) == (403, "suspended")


def test_nothing_of_a_request_with_an_event_that_fits_no_contract_is_sent_unless_asked(
    hub: Hub, gateway: Caller
) -> None:
    batch = [nil(1), nil(2, revision="two"), nil(3, nonsense=1), nil(4)]
    refused = gateway.post("/v1/events/nil", json=batch)
    assert refused.status_code == 422
    assert [entry["index"] for entry in refused.json()["events"]] == [1, 2]
    (finding,) = refused.json()["events"][0]["findings"]
    assert (finding["code"], finding["field"], finding["value"]) == ("AV-JSON-01", "revision", "two")
    assert finding["message"]["zh"] != finding["message"]["en"]
    assert kept(hub, "nil") == {}
    partial = gateway.post("/v1/events/nil?partial=true", json=batch)
    assert partial.status_code == 202
    told = partial.json()
    assert (told["sent"], told["refused"], [entry["index"] for entry in told["not_sent"]]) == (2, 2, [1, 2])
    assert [entry["index"] for entry in told["events"]] == [0, 3]
    assert len(kept(hub, "nil")) == 2
    assert gateway.post("/v1/events/nil?partial=true", json=[{}]).status_code == 422


def test_an_idempotency_key_gives_the_same_answer_and_sends_once(hub: Hub, gateway: Caller) -> None:
    keyed = {"idempotency-key": "a-1"}
    first = gateway.post("/v1/events/nil", json=nil(1), headers=keyed)
    again = gateway.post("/v1/events/nil", json=nil(1), headers=keyed)
    assert (first.status_code, again.status_code) == (202, 202)
    assert first.content == again.content
    assert again.headers["idempotent-replayed"] == "true"
    assert len(kept(hub, "nil")) == 1
    other = gateway.post("/v1/events/nil", json=nil(2), headers=keyed)
    assert (other.status_code, other.json()["code"]) == (422, "key-reused")
    assert gateway.post("/v1/events/nil", json=nil(2), headers={**keyed, **login(WUHU)}).status_code == 202
    assert gateway.post("/v1/events/nil", json=nil(2), headers={"idempotency-key": b"\xe9"}).status_code == 400


def test_a_key_that_was_remembered_and_never_settled_is_sent_again(hub: Hub, gateway: Caller) -> None:
    """The gateway died between steps 1 and 3: the retry finds the key pending."""
    keyed = {"idempotency-key": "b-1"}
    first = gateway.post("/v1/events/nil", json=nil(1), headers=keyed).json()
    with hub.warehouse.batch() as connection:
        connection.execute(text("update submission set state = 'pending', answer = null, ranges = '[]'"))
    again = gateway.post("/v1/events/nil", json=nil(1), headers=keyed).json()
    assert again["submission"] == first["submission"]
    assert again["events"] != first["events"]
    assert len(kept(hub, "nil")) == 2


def test_two_requests_with_one_key_at_once_do_not_both_send(hub: Hub, gateway: Caller) -> None:
    one = ("POST", "/v1/events/nil", {"json": nil(1), "headers": {"idempotency-key": "c"}})
    answers = gateway.together(one, one, one)
    sent = [one for one in answers if one.status_code == 202 and "idempotent-replayed" not in one.headers]
    others = [one for one in answers if one not in sent]
    assert len(sent) == 1
    # On a busy machine one may be let in so late that the first is answered already: it gets the same answer.
    assert all(one.status_code == 409 or one.content == sent[0].content for one in others)
    assert len(kept(hub, "nil")) == 1


def test_events_are_judged_without_being_sent(hub: Hub, gateway: Caller) -> None:
    batch = [nil(1), nil(2, revision=0), nil(3, division="340200"), {"revision": 1}]
    answer = gateway.post("/v1/events/nil?validate=only", json=batch)
    assert answer.status_code == 200
    told = answer.json()
    assert [entry["outcome"] for entry in told["events"]] == ["accepted", "quarantined", "quarantined", "quarantined"]
    assert (told["accepted"], told["flagged"], told["quarantined"]) == (1, 0, 3)
    assert "HL-JUR-01" in {finding["code"] for finding in told["events"][2]["findings"]}
    assert told["rule_set"]
    assert kept(hub, "nil") == {}


def test_limits_are_told_as_problems(hub: Hub, settings: Settings) -> None:
    narrow = dataclasses.replace(
        settings,
        http_body_bytes=4096,
        http_events=10,
        http_events_per_second=12,
        http_requests_per_second=1000,
        record_bytes=1024,
    )
    with served(hub, narrow) as gateway:
        limits_are_told(gateway)


def limits_are_told(gateway: Caller) -> None:
    ndjson = {"content-type": "application/x-ndjson"}
    packed = {"content-type": "application/json", "content-encoding": "gzip"}
    tries = [
        ({"content": b"x" * 5000, "headers": ndjson}, 413, "body-too-large"),
        ({"content": gzip.compress(b" " * 10_000_000), "headers": packed}, 413, "body-too-large"),
        ({"content": gzip.compress(b"{}")[:-9], "headers": packed}, 400, "not-gzip"),
        ({"content": b"{}", "headers": packed}, 400, "not-gzip"),
        ({"content": b"{}\n" * 11, "headers": ndjson}, 413, "too-many-events"),
        ({"content": b"[]", "headers": {"content-type": "application/json"}}, 400, "no-events"),
        ({"content": b"", "headers": ndjson}, 400, "no-events"),
        ({"content": b"{", "headers": {"content-type": "application/json"}}, 400, "not-json"),
        ({"content": b'{"a":1,"a":2}', "headers": {"content-type": "application/json"}}, 400, "not-json"),
        ({"content": b"a,b", "headers": {"content-type": "text/csv"}}, 415, "media-type"),
        ({"content": b"{}", "headers": {"content-type": "application/json; charset=gbk"}}, 415, "media-type"),
        ({"content": b"{}", "headers": {**ndjson, "content-encoding": "br"}}, 415, "content-encoding"),
        ({"json": nil(1, reason="x" * 1500)}, 422, "not-encodable"),
    ]
    for request, status, code in tries:
        answer = gateway.post("/v1/events/nil", **request)
        assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
        assert answer.headers["content-type"] == "application/problem+json"
    batch = [nil(month) for month in range(1, 8)]
    answers = [gateway.post("/v1/events/nil", json=batch) for _ in range(5)]
    limited = [answer for answer in answers if answer.status_code == 429]
    assert limited
    assert int(limited[0].headers["retry-after"]) >= 1
    assert gateway.post("/v1/events/nil", json=batch, headers=login(WUHU)).status_code == 202
    assert gateway.post("/v1/events/nil?validate=maybe", json=nil()).json()["code"] == "bad-parameter"


def _dumped(told: dict[str, Any]) -> bytes:
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()


def test_what_became_of_events_is_told_to_their_sender_alone(hub: Hub, gateway: Caller) -> None:
    good = gateway.post("/v1/events/nil", json=[nil(month) for month in range(1, 31)]).json()
    bad = gateway.post("/v1/events/nil", json=[nil(40, revision=0), nil(41)]).json()
    listed = gateway.get("/v1/submissions").json()["submissions"]
    assert [(one["id"], one["state"], one["waiting"]) for one in listed] == [
        (bad["submission"], "waiting", 2),
        (good["submission"], "waiting", 30),
    ]
    hub.worker()
    hub.wait_for(32)
    told = gateway.get(f"/v1/submissions/{bad['submission']}").json()
    assert (told["state"], told["counts"]) == ("loaded", {"accepted": 1, "quarantined": 1})
    (place,) = (path for one in told["ranges"] for path in one["quarantined"])
    entry = gateway.get(place).json()
    assert (entry["event"]["revision"], entry["findings"][0]["message"]["zh"] != "") == (0, True)
    assert gateway.get(place, headers=login(WUHU)).status_code == 404
    assert gateway.get(f"/v1/submissions/{bad['submission']}", headers=login(WUHU)).status_code == 404
    (line,) = gateway.get("/v1/quarantine").json()["quarantine"]
    assert place.endswith(f"/{line['topic']}/{line['partition']}/{line['offset']}")
    assert gateway.get("/v1/quarantine", headers=login(WUHU)).json()["quarantine"] == []
    assert gateway.get("/v1/receipts", headers=login(WUHU)).json()["receipts"] == []
    untold = "select count(*) from outbox"
    until(lambda: rows(hub, untold) == [(0,)], "all receipts are told")
    account, whole = Account(), gateway.get("/v1/receipts").content
    faults = [fault for one in receipt_pages.lines([whole]) for fault in account.check(one)]
    assert (faults, account.unsigned, account.receipts) == ([], 0, len(json.loads(whole)["receipts"]))
    topic_has = records_of(hub.kafka, [receipts_topic(HEFEI)]).values()
    assert sorted(r.value for found in topic_has for r in found) == sorted(map(_dumped, json.loads(whole)["receipts"]))
    seen, after = [], ""
    while (page := gateway.get(f"/v1/receipts?limit=1&after={after}").json())["receipts"]:
        seen += page["receipts"]
        after = page["next"]
    ledger = rows(hub, "select count(*), sum(records) from ledger")[0]
    assert (len(seen), sum(sum(one["counts"].values()) for one in seen)) == ledger
    heads: dict[int, str] = {}
    for one in seen:
        assert one["previous_hash"] == heads.get(one["partition"], "")
        heads[one["partition"]] = one["hash"]
    (receipt,) = {path for one in told["ranges"] for path in one["receipts"]} & {
        f"/v1/receipts/{one['topic']}/{one['partition']}/{one['first_offset']}" for one in seen
    } or {""}
    assert gateway.get(receipt).json() in seen
    more = gateway.post("/v1/events/nil", json=nil(50)).json()["events"][0]
    assert gateway.get(f"/v1/receipts/{more['topic']}/{more['partition']}/{more['offset'] + 9}").status_code == 404
    for wrong in ("after=x", "after=W10", "limit=0", "limit=x", "kind=x"):
        assert gateway.get(f"/v1/quarantine?{wrong}").status_code in (400, 404)
    assert gateway.get("/v1/receipts?after=WzFd").status_code == 400
    assert gateway.get("/v1/submissions?after=W10").status_code == 400


def test_the_process_says_how_it_is_and_the_page_asks_no_other_host(gateway: Caller) -> None:
    assert gateway.get("/live").json() == {"live": True}
    assert gateway.get("/ready/").json()["reason"] == "ready"
    assert b"huiliu_http_requests_total" in gateway.get("/metrics").content
    document = gateway.get("/openapi.json").json()
    assert document["openapi"] == "3.0.3"
    assert "/v1/events/reading" in document["paths"]
    page = gateway.get("/docs")
    assert "connect-src 'self'" in page.headers["content-security-policy"]
    for asset in ("swagger-ui-bundle.js", "swagger-ui.css", "favicon-32x32.png", "start.js"):
        assert f"/docs/{asset}" in page.text
        assert gateway.get(f"/docs/{asset}").status_code == 200
    assert "://" not in page.text + gateway.get("/docs/start.js").text
    assert gateway.get("/docs/../app.py").status_code == 404
    assert gateway.get("/nowhere").json()["code"] == "not-found"
    wrong = gateway("DELETE", "/v1/events/nil")
    assert (wrong.status_code, wrong.json()["code"]) == (405, "method-not-allowed")
