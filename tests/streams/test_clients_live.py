"""Stock Kafka clients publish with nothing of ours: the schema's file, its id, and the five bytes of framing."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import avro.io
import avro.schema
import fastavro
import pytest
from confluent_kafka import Producer
from kafka import KafkaProducer
from sqlalchemy import text

pytestmark = pytest.mark.live

SCHEMA_ID = 6
SCHEMA_FILE = Path(__file__).parents[2] / "schemas" / "avro" / "nil" / "1.avsc"
TOPIC = "intake.340100.nil"
FRAME = b"\x00" + SCHEMA_ID.to_bytes(4, "big")
NIL = {
    "division": "340104",
    "revision": 1,
    "reported_at": 1_790_000_000_000,
    "source_ref": "X-1",
    "obligation": "AWARD",
    "period": "2026-08",
    "reason": "本月未发生奖补资金拨付",
    "reported_by": None,
}


def by_fastavro(event: dict[str, Any]) -> bytes:
    target = io.BytesIO(FRAME)
    target.seek(len(FRAME))
    fastavro.schemaless_writer(target, fastavro.parse_schema(json.loads(SCHEMA_FILE.read_text("utf-8"))), event)
    return target.getvalue()


def by_apache_avro(event: dict[str, Any]) -> bytes:
    schema = json.loads(SCHEMA_FILE.read_text("utf-8"))
    for field in schema["fields"]:  # the Apache writer wants datetimes for logical types; the bytes are those of a long
        if field["name"] == "reported_at":
            field["type"] = "long"
    target = io.BytesIO()
    avro.io.DatumWriter(avro.schema.parse(json.dumps(schema))).write(event, avro.io.BinaryEncoder(target))
    return FRAME + target.getvalue()


def loaded_periods(hub: Any) -> list[str]:
    with hub.warehouse.read() as connection:
        return list(connection.execute(text("select period from nil order by period")).scalars())


def nil(month: int, **changes: Any) -> dict[str, Any]:
    return NIL | {"period": f"2026-{month:02}"} | changes


def test_stock_clients_publish_given_the_schema_and_its_id(hub: Any, prove: Callable[..., None]) -> None:
    hub.publish_for("340100", "nil")
    hub.worker()
    with closing(KafkaProducer(**hub.kafka.kafka_python(), acks="all")) as client:
        client.send(TOPIC, by_fastavro(nil(1)), key=b"a")
        client.send(TOPIC, by_apache_avro(nil(2)), key=b"b")
    confluent = Producer({**hub.kafka.librdkafka(), "compression.type": "zstd"})
    confluent.produce(TOPIC, by_fastavro(nil(3)), key=b"c")
    confluent.produce(TOPIC, by_apache_avro(nil(4)))
    assert confluent.flush(20) == 0
    hub.wait_for(4)
    assert loaded_periods(hub) == ["2026-01", "2026-02", "2026-03", "2026-04"]
    prove()


def test_aborted_transactions_are_never_loaded_and_their_offsets_are_explained(
    hub: Any, prove: Callable[..., None]
) -> None:
    hub.publish_for("340100", "nil")
    hub.worker()
    client = Producer({**hub.kafka.librdkafka(), "transactional.id": "city-1"})
    client.init_transactions(20)
    for month, ending in ((1, "commit"), (2, "abort"), (3, "commit"), (4, "abort"), (5, "commit")):
        client.begin_transaction()
        client.produce(TOPIC, by_fastavro(nil(month)), partition=0)
        client.produce(TOPIC, by_fastavro(nil(month, division="340102")), partition=0)
        assert client.flush(20) == 0, "what is aborted must have reached the broker"
        (client.commit_transaction if ending == "commit" else client.abort_transaction)(20)
    hub.wait_for(14)  # five transactions of two records and a marker, but for the last marker, which nothing follows
    assert loaded_periods(hub) == ["2026-01", "2026-01", "2026-03", "2026-03", "2026-05", "2026-05"]
    with hub.warehouse.read() as connection:
        records, gaps = connection.execute(text("select sum(records), sum(gaps) from ledger")).one()
    assert (records, gaps) == (6, 8), "two markers of committed ones, two aborted ones of two records and a marker"
    prove()


def test_a_publisher_added_while_the_worker_runs_flows_without_a_restart(hub: Any, prove: Callable[..., None]) -> None:
    hub.publish_for("340100", "nil")
    hub.worker()
    with closing(KafkaProducer(**hub.kafka.kafka_python(), acks="all")) as client:
        client.send(TOPIC, by_fastavro(nil(1)))
        client.flush()
        hub.wait_for(1)
        hub.publish_for("340200", "nil")
        client.send("intake.340200.nil", by_fastavro(nil(2, division="340202")))
        client.flush()
        hub.wait_for(2, patience=60)
    prove()


def test_duplicate_correction_stale_and_conflict_within_a_batch_and_across_batches(
    hub: Any, prove: Callable[..., None]
) -> None:
    hub.publish_for("340100", "nil")
    events = (
        (nil(1), "accepted"),
        (nil(1, source_ref="again", reported_at=1_790_000_000_001), "duplicate"),
        (nil(1, revision=3, reason="更正"), "corrected"),
        (nil(1, revision=2, reason="迟到"), "stale"),
        (nil(1, revision=3, reason="另一说法"), "quarantined"),
        (nil(1, revision=3, reason="更正"), "duplicate"),
    )
    with closing(KafkaProducer(**hub.kafka.kafka_python(), acks="all")) as client:
        for event, _ in events:  # all of them in one batch: the worker is not there yet
            client.send(TOPIC, by_fastavro(event), partition=0)
        client.flush()
        hub.worker()
        hub.wait_for(6)
        for number, (event, _) in enumerate(events, start=7):  # each in a batch of its own
            client.send(TOPIC, by_fastavro(event | {"period": "2026-02"}), partition=0)
            client.flush()
            hub.wait_for(number)
    with hub.warehouse.read() as connection:
        names = ("accepted", "duplicate", "corrected", "stale", "quarantined")
        sums = ", ".join(f"sum({name})" for name in names)
        counts = tuple(connection.execute(text(f"select {sums} from ledger")).one())
        history = connection.execute(text("select count(*) from nil_history")).scalar_one()
        kept = connection.execute(text("select distinct revision, reason from nil")).all()
    assert dict(zip(names, counts, strict=True)) == {
        "accepted": 2, "duplicate": 4, "corrected": 2, "stale": 2, "quarantined": 2,
    }  # fmt: skip
    assert history == 2
    assert [tuple(row) for row in kept] == [(3, "更正")]
    prove()


def test_a_record_that_only_the_database_refuses_is_found_and_quarantined_alone(
    hub: Any, prove: Callable[..., None]
) -> None:
    hub.publish_for("340100", "nil")
    with hub.warehouse.batch() as connection:
        connection.execute(text("alter table nil add constraint whim check (reason <> '数据库不要')"))
    with closing(KafkaProducer(**hub.kafka.kafka_python(), acks="all")) as client:
        places = [
            client.send(
                TOPIC, by_fastavro(nil(month, reason="数据库不要" if month == 7 else "无")), partition=month % 2
            )
            for month in range(1, 10)
        ]
        client.flush()
    hub.worker()
    hub.wait_for(9)
    refused = places[6].get(1)
    with hub.warehouse.read() as connection:
        found = connection.execute(
            text(
                'select i.partition, f."offset", code from finding f join intake i on i.id = f.intake'
                " where severity = 'error'"
            )
        )
        assert [tuple(row) for row in found] == [(refused.partition, refused.offset, "HL-REFUSED-01")]
    assert len(loaded_periods(hub)) == 8
    prove()
