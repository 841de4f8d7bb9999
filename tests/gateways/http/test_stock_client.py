"""Confluent's own client, unchanged, with the hub's address alone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from confluent_kafka.schema_registry import Schema, SchemaRegistryClient
from confluent_kafka.schema_registry.avro import AvroDeserializer, AvroSerializer
from confluent_kafka.schema_registry.error import SchemaRegistryError
from confluent_kafka.serialization import MessageField, SerializationContext

from schemas.contract import KINDS, contract
from schemas.encode import encode
from tests.registry_served import registry_served
from validators.sample import SAMPLES

VALUE = {kind: SerializationContext(f"intake.340100.{kind}", MessageField.VALUE) for kind in KINDS}


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """The registry served over a socket."""
    with registry_served() as url:
        yield url


@pytest.fixture
def entered() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


@pytest.mark.parametrize("automatic", [True, False])
@pytest.mark.parametrize("kind", KINDS)
def test_a_stock_serializer_writes_what_the_hub_writes_and_reads_it_back(
    kind: str, automatic: bool, address: str, entered: ExitStack
) -> None:
    client = entered.enter_context(SchemaRegistryClient({"url": address}))
    schema = client.get_latest_version(f"intake.340100.{kind}-value").schema
    settings = {"auto.register.schemas": automatic, "use.latest.version": not automatic}
    serializer = AvroSerializer(client, schema.schema_str, conf=settings)
    event = {name: SAMPLES[kind][name] for name in contract(kind).names}
    value = serializer(dict(event), VALUE[kind])
    assert value == encode(kind, event)
    read = AvroDeserializer(client)(value, VALUE[kind])
    assert read is not None
    assert read.keys() == event.keys()


def test_a_schema_of_ones_own_is_refused_by_way_of_the_stock_client(address: str, entered: ExitStack) -> None:
    client = entered.enter_context(SchemaRegistryClient({"url": address, "max.retries": 0}))
    own = {**contract("nil").schema, "fields": [*contract("nil").schema["fields"], {"name": "x", "type": "int"}]}
    with pytest.raises(SchemaRegistryError) as refused:
        client.register_schema("intake.340100.nil-value", Schema(json.dumps(own), "AVRO"))
    assert refused.value.error_code == 409
    assert "docs/guide/contracts.md" in str(refused.value)
    assert not client.test_compatibility("nil", Schema(json.dumps(own), "AVRO"))
    assert client.get_compatibility() == "BACKWARD_TRANSITIVE"
    assert "reading" in client.get_subjects()
