"""Publishing files: what arrives, where, and what is told of lines that cannot be sent."""

from __future__ import annotations

import io
import json
from contextlib import closing
from typing import Any

import avro.io
import avro.schema
import pytest
from kafka import KafkaConsumer, TopicPartition

from huiliu.kafka import Cluster
from schemas.contract import contract

pytestmark = pytest.mark.live


def records(kafka: Cluster, topic: str) -> list[Any]:
    """Everything in a topic."""
    with closing(KafkaConsumer(**kafka.kafka_python(), auto_offset_reset="earliest")) as consumer:
        places = [TopicPartition(topic, number) for number in consumer.partitions_for_topic(topic)]
        consumer.assign(places)
        consumer.seek_to_beginning()
        ends = consumer.end_offsets(places)
        found: list[Any] = []
        while any(consumer.position(place) < ends[place] for place in places):
            found += [record for some in consumer.poll(timeout_ms=500).values() for record in some]
    return found


def test_a_publisher_is_made_with_topics_settings_and_an_announcement(at_hub: Any, huiliu: Any) -> None:
    added = huiliu(
        "publisher",
        "add",
        "340100",
        "--kinds",
        "reading,award",
        "--contact",
        "张工",
        "--cadence",
        "reading=hourly",
        "--json",
    )
    assert added.code == 0, added.err
    assert set(added.last["topics"]) == {"intake.340100.reading", "intake.340100.award"}
    assert added.last["client"]["schemas"]["intake.340100.reading"] == contract("reading").schema_id
    assert added.last["client"]["bootstrap.servers"] == str(at_hub.kafka)
    (announcement,) = records(at_hub.kafka, "hub.publishers")
    assert (announcement.key, json.loads(announcement.value)["kinds"]) == (b"340100", ["award", "reading"])
    again = huiliu("publisher", "add", "340100", "--kinds", "nil", "--channel", "http", "--json").last
    assert (again["kinds"], again["contact"], again["channel"]) == (["award", "nil", "reading"], "张工", "http")
    assert again["cadence"] == {"reading": "hourly"}
    (listed,) = huiliu("publisher", "list", "--json").last["publishers"]
    assert listed["division"] == "340100"
    assert "张工" in huiliu("publisher", "list").out
    shown = huiliu("publisher", "add", "340200", "--kinds", "all").out
    assert "intake.340200.registration" in shown
    assert "huiliu publish" in shown


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("340221", "--kinds", "reading"), "340210"),
        (("341", "--kinds", "reading"), "六位"),
        (("340100", "--kinds", "readings"), "reading"),
        (("340100", "--kinds", ","), "reading"),
        (("340100", "--kinds", "reading", "--cadence", "often"), "monthly"),
    ],
)
def test_a_wrong_publisher_is_refused_and_nothing_is_made(
    arguments: tuple[str, ...], told: str, at_hub: Any, huiliu: Any
) -> None:
    answer = huiliu("publisher", "add", *arguments)
    assert answer.code == 2
    assert told in answer.err
    assert huiliu("publisher", "list", "--json").last["publishers"] == []


def test_lines_arrive_framed_keyed_and_accounted_for(at_hub: Any, huiliu: Any, event: Any, written: Any) -> None:
    huiliu("publisher", "add", "340100", "--kinds", "reading")
    file = written(*[event("reading", mn=f"010000A8900016F0{n:08d}", source_ref=f"{n}") for n in range(300)])
    answer = huiliu("publish", str(file), "--kind", "reading", "--as", "340100", "--json")
    assert (answer.code, answer.last["sent"], answer.last["refused"]) == (0, 300, 0)
    there = records(at_hub.kafka, "intake.340100.reading")
    assert len(there) == 300
    for run in answer.last["partitions"]:
        offsets = [record.offset for record in there if record.partition == run["partition"]]
        assert (run["topic"], run["first_offset"], run["last_offset"], run["records"]) == (
            "intake.340100.reading",
            min(offsets),
            max(offsets),
            len(offsets),
        )
    schema = avro.schema.parse(json.dumps(contract("reading").schema))
    for record in there:
        assert record.value[:5] == b"\0" + contract("reading").schema_id.to_bytes(4, "big")
        read = avro.io.DatumReader(schema).read(avro.io.BinaryDecoder(io.BytesIO(record.value[5:])))
        assert read["mn"].encode() == record.key


def test_lines_that_cannot_be_sent_are_told_and_the_others_arrive(
    at_hub: Any, huiliu: Any, event: Any, written: Any
) -> None:
    huiliu("publisher", "add", "340100", "--kinds", "nil")
    file = written(
        event("nil"), "{broken", event("nil", revision="x", colour=1), "", event("nil", reason="y" * 2_000_000)
    )
    answer = huiliu("publish", str(file), "--kind", "nil", "--as", "340100", "--json")
    *faults, summary = answer.lines
    assert answer.code == 3
    assert {(fault["line"], fault["field"]) for fault in faults} == {
        (2, None),
        (3, "revision"),
        (3, "colour"),
        (5, None),
    }
    assert (summary["lines"], summary["blank"], summary["sent"], summary["refused"]) == (4, 1, 1, 3)
    shown = huiliu("publish", str(file), "--kind", "nil", "--as", "340100")
    assert "第 3 行 revision" in shown.out
    assert shown.code == 3
    assert len(records(at_hub.kafka, "intake.340100.nil")) == 2


@pytest.mark.parametrize("piped", [False, True])
def test_strictly_nothing_is_sent_if_one_line_is_bad(
    piped: bool, at_hub: Any, huiliu: Any, event: Any, written: Any
) -> None:
    huiliu("publisher", "add", "340100", "--kinds", "nil")
    bad, good = written(event("nil"), "{", name="bad"), written(event("nil"), event("nil"), name="good")

    def publish(file: Any) -> Any:
        source = ("-",) if piped else (str(file),)
        stdin = file.read_bytes() if piped else b""
        return huiliu("publish", *source, "--kind", "nil", "--as", "340100", "--strict", "--json", stdin=stdin)

    assert (publish(bad).code, publish(bad).last["sent"]) == (3, 0)
    assert records(at_hub.kafka, "intake.340100.nil") == []
    assert (publish(good).code, publish(good).last["sent"]) == (0, 2)


def test_publishing_for_nobody_is_refused_with_the_command_that_registers(
    at_hub: Any, huiliu: Any, event: Any, written: Any
) -> None:
    answer = huiliu("publish", str(written(event("nil"))), "--kind", "nil", "--as", "340100")
    assert answer.code == 2
    assert "huiliu publisher add 340100 --kinds nil" in answer.err


def test_a_hub_that_does_not_run_is_told_with_how_to_start_it(huiliu: Any, event: Any, written: Any) -> None:
    file = str(written(event("nil")))
    for command in (
        ("publish", file, "--kind", "nil", "--as", "340100"),
        ("publisher", "list"),
        ("quarantine", "list"),
        ("rollup", "award"),
        ("explain", "offset", "intake.340100.nil", "0", "0"),
        ("verify",),
        ("worker",),
    ):
        answer = huiliu(*command)
        assert answer.code == 2, command
        assert "huiliu up" in answer.err
