"""The registry answers as Confluent's does, and nobody changes a contract through it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import FastAPI
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateways.http import registry, registry_routes
from gateways.http.access import Access
from gateways.http.registry import RegistryError
from schemas.contract import KINDS, contract
from tests.gateways.http.conftest import Caller, calling

JSON = "application/vnd.schemaregistry.v1+json"


@pytest.fixture(scope="module")
def client() -> Iterator[Caller]:
    """The registry's routes alone: they need neither broker nor warehouse."""
    app = FastAPI()
    app.include_router(registry_routes.router)
    app.add_exception_handler(RegistryError, lambda request, error: registry_routes.refused(error))  # type: ignore[arg-type]
    app.add_middleware(Access)
    with calling(app) as caller:
        yield caller


READING = contract("reading")


def body(schema: object, **more: Any) -> dict[str, Any]:
    return {"schema": schema if isinstance(schema, str) else json.dumps(schema), **more}


@pytest.mark.parametrize("kind", KINDS)
def test_every_schema_is_found_by_its_id_and_by_each_name_of_its_subject(kind: str, client: Caller) -> None:
    of = contract(kind)
    answer = client.get(f"/schemas/ids/{of.schema_id}")
    assert answer.headers["content-type"] == JSON
    assert json.loads(answer.json()["schema"]) == of.schema
    record = f"cn.huiliu.{of.schema['name']}"
    names = [kind, record, f"intake.340100.{kind}-value", f"intake.340100.{kind}-{record}", f"province.{kind}-value"]
    for name in names:
        assert client.get(f"/subjects/{name}/versions").json() == [of.version]
        latest = client.get(f"/subjects/{name}/versions/latest").json()
        assert (latest["subject"], latest["id"], latest["version"]) == (name, of.schema_id, of.version)
        assert client.get(f"/subjects/{name}/versions/{of.version}/schema").json() == of.schema
        assert client.post(f"/subjects/{name}", json=body(of.schema)).json() == latest
        registered = client.post(f"/subjects/{name}/versions", json=body(of.schema))
        assert (registered.status_code, registered.json()["id"]) == (200, of.schema_id)
    assert {"subject": kind, "version": of.version} in client.get(f"/schemas/ids/{of.schema_id}/versions").json()


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/schemas/ids/99", 404, 40403),
        ("/schemas/ids/x", 404, 40403),
        ("/subjects/nobody/versions", 404, 40401),
        ("/subjects/intake.340100.reading/versions", 404, 40401),
        ("/subjects/intake.340100.reading-key/versions/1", 404, 40401),
        ("/subjects/intake.340100.reading-cn.huiliu.Nil/versions/1", 404, 40401),
        ("/subjects/intake.990000.reading-value/versions/1", 404, 40401),
        ("/subjects/reading/versions/9", 404, 40402),
        ("/subjects/reading/versions/0", 422, 42202),
        ("/subjects/reading/versions/newest", 422, 42202),
        ("/config/nobody", 404, 40401),
    ],
)
def test_what_is_not_there_has_confluents_number(path: str, status: int, code: int, client: Caller) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.json()["error_code"]) == (status, code)
    assert answer.headers["content-type"] == JSON


def test_trailing_slashes_and_encoded_names_are_the_same_address(client: Caller) -> None:
    assert client.get("/subjects/reading/versions/").json() == [1]
    assert client.get("/subjects/").json() == registry.subjects()
    assert client.get("/subjects/intake%2E340100%2Ereading-value/versions/-1/").json()["id"] == 4


def test_a_prefix_chooses_subjects_and_schemas(client: Caller) -> None:
    assert client.get("/subjects?subjectPrefix=re").json() == ["reading", "registration", "response"]
    assert client.get("/subjects?subjectPrefix=:*:rea").json() == ["reading"]
    assert client.get("/subjects?subjectPrefix=intake.340100.nil").json() == ["intake.340100.nil-value"]
    assert client.get("/subjects?subjectPrefix=intake.340100.nil-value").json() == ["intake.340100.nil-value"]
    assert client.get("/subjects?subjectPrefix=nobody").json() == []
    (found,) = client.get("/schemas?subjectPrefix=reading&latestOnly=true").json()
    assert (found["subject"], found["id"]) == ("reading", 4)
    assert len(client.get("/schemas").json()) == len(KINDS)


def test_level_and_mode_say_that_nobody_registers_here(client: Caller) -> None:
    assert client.get("/schemas/types").json() == ["AVRO"]
    assert client.get("/config").json() == {"compatibilityLevel": "BACKWARD_TRANSITIVE"}
    assert client.get("/config/reading").json() == {"compatibilityLevel": "BACKWARD_TRANSITIVE"}
    assert client.get("/mode").json() == {"mode": "READONLY"}
    for change in (
        client("PUT", "/config", json={"compatibility": "NONE"}),
        client("PUT", "/mode/reading", json={"mode": "READWRITE"}),
        client("DELETE", "/subjects/reading"),
        client("DELETE", "/subjects/reading/versions/1"),
    ):
        assert (change.status_code, change.json()["error_code"]) == (422, 42205)
        assert "docs/guide/contracts.md" in change.json()["message"]


def test_a_schema_that_writes_the_same_bytes_is_the_same_schema(client: Caller) -> None:
    bare = {
        "type": "record",
        "name": "Nil",
        "namespace": "cn.huiliu",
        "fields": [{"name": f["name"], "type": f["type"]} for f in contract("nil").schema["fields"]],
    }
    assert client.post("/subjects/nil/versions", json=body(bare)).json()["id"] == contract("nil").schema_id


def proposal(**changes: Any) -> dict[str, Any]:
    """The next version of nil, with one more field."""
    schema = dict(contract("nil").schema)
    return {**schema, "version": 2, "fields": [*schema["fields"], {"name": "more", "type": "string", **changes}]}


def test_another_schema_is_refused_and_the_refusal_says_how_contracts_change(client: Caller) -> None:
    breaking = client.post("/subjects/nil/versions", json=body(proposal()))
    assert (breaking.status_code, breaking.json()["error_code"]) == (409, 409)
    assert "more: absent" in breaking.json()["message"]
    assert "docs/guide/contracts.md" in breaking.json()["message"]
    fitting = client.post("/subjects/nil/versions", json=body(proposal(default="")))
    assert (fitting.status_code, fitting.json()["error_code"]) == (422, 42205)
    nobody = client.post("/subjects/mine-value/versions", json=body(proposal()))
    assert (nobody.status_code, nobody.json()["error_code"]) == (422, 42205)
    assert client.post("/subjects/nil", json=body(proposal())).json()["error_code"] == 40403


def test_compatibility_is_told_with_its_reasons(client: Caller) -> None:
    for path in ("/compatibility/subjects/nil/versions/latest", "/compatibility/subjects/nil/versions/"):
        assert client.post(path, json=body(proposal(default=""))).json() == {"is_compatible": True, "messages": []}
        told = client.post(path, json=body(proposal())).json()
        assert not told["is_compatible"]
        assert "a field with a default" in told["messages"][0]
    assert not client.post("/compatibility/subjects/nil/versions/1", json=body('"string"')).json()["is_compatible"]


@pytest.mark.parametrize(
    "wrong",
    [
        b"",
        b"{",
        b"[]",
        b'{"schema": 1}',
        b'{"schema": "{"}',
        b'{"schema": "{\\"type\\": \\"record\\"}"}',
        b'{"schema": "\\"nothing\\""}',
        b'{"schema": "{}", "schemaType": "PROTOBUF"}',
        b'{"schema": "\\"string\\"", "references": [{"name": "a", "subject": "b", "version": 1}]}',
    ],
)
def test_what_is_no_schema_is_42201(wrong: bytes, client: Caller) -> None:
    for path in ("/subjects/nil", "/subjects/nil/versions", "/compatibility/subjects/nil/versions/1"):
        answer = client.post(path, content=wrong)
        assert (answer.status_code, answer.json()["error_code"]) == (422, 42201)


SCHEMAS = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.sampled_from(["record", "string", "enum", "array", "Nil"])),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["type", "name", "fields", "items", "symbols", "default"]), inner, max_size=4)
    ),
    max_leaves=8,
)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(SCHEMAS)
def test_whatever_is_proposed_is_answered_with_a_4xx_or_a_verdict(schema: object) -> None:
    try:
        proposed = registry.given(body(schema))
        registry.incompatibilities("nil", proposed, None)
        registry.registered("nil", proposed)
    except RegistryError as refused:
        assert 400 <= refused.status < 500
