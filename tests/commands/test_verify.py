"""One story over a live hub: published, rejected, mended, requeued, added up, explained, verified, and falsified."""

from __future__ import annotations

from contextlib import closing
from typing import Any

import pytest
from kafka import KafkaAdminClient, KafkaProducer

from commands import quarantine
from huiliu.errors import Unavailable
from huiliu.kafka import Cluster
from tests.conftest import until

pytestmark = pytest.mark.live

MN = "010000A8900016F000169DC0"
DAY = "2026-11-20"
FIGURE = ("reading", "--city", "340100", "--pollutant", "a21026", "--day", DAY)


def hours(event: Any, count: int) -> list[Any]:
    """Readings of the first hours of a day; the second averages 20.4 instead of 18.4."""
    return [
        event("reading", start=f"{DAY}T{n:02d}:00:00+08:00", average=20.4 if n == 1 else 18.4, source_ref=f"小时-{n}")
        for n in range(count)
    ]


def publish(huiliu: Any, file: Any, kind: str) -> Any:
    answer = huiliu("publish", str(file), "--kind", kind, "--as", "340100", "--json")
    assert answer.code == 0, answer
    return answer.last


def _gone(_: Any) -> Any:
    raise Unavailable("the database is away")


def test_what_was_rejected_is_seen_mended_and_sent_again(
    at_hub: Any, huiliu: Any, event: Any, written: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_hub.make_topics()
    at_hub.worker()
    huiliu("publisher", "add", "340100", "--kinds", "reading,registration")  # while the worker runs
    publish(huiliu, written(event("registration", division="340103")), "registration")
    at_hub.wait_for(1)
    publish(huiliu, written(*hours(event, 5), event("reading", flag="A", source_ref="坏")), "reading")
    at_hub.wait_for(7)

    listed = huiliu("quarantine", "list", "--json").last["entries"]
    assert len(listed) == 6
    assert [entry for entry in listed if entry["codes"] == ["RD-FLAG-01"]]
    misplaced = huiliu("quarantine", "list", "--code", "RD-OUTLET-02", "--json").last["entries"]
    assert len(misplaced) == 5
    assert huiliu("quarantine", "list", "--kind", "registration", "--json").last["entries"] == []
    assert huiliu("quarantine", "list", "--publisher", "340200", "--json").last["entries"] == []
    assert "待处理" in huiliu("quarantine", "list").out

    first = misplaced[0]
    place = (first["topic"], str(first["partition"]), str(first["offset"]))
    told = huiliu("quarantine", "show", *place, "--json").last
    assert (told["event"]["mn"], told["findings"][0]["code"], told["key"]) == (MN, "RD-OUTLET-02", MN)
    assert bytes.fromhex(told["value_hex"])[0] == 0
    shown = huiliu("quarantine", "show", *place).out
    assert MN in shown
    assert "不一致" in shown

    publish(huiliu, written(event("registration", revision=2)), "registration")
    at_hub.wait_for(8)
    assert huiliu("quarantine", "requeue", *place, "--json").last == {"requeued": 1}
    again = huiliu("quarantine", "requeue", *place)
    assert (again.code, "不再重送" in again.err) == (2, True)
    with monkeypatch.context() as crash:  # after the broker has them, before they are marked
        crash.setattr(quarantine, "writing", _gone)
        assert huiliu("quarantine", "requeue", "--code", "RD-OUTLET-02").code == 2
    sent_twice = huiliu("quarantine", "requeue", "--code", "RD-OUTLET-02", "--json").last["requeued"]
    assert sent_twice <= 4, "those that were loaded meanwhile are closed and not sent again"
    at_hub.wait_for(13 + sent_twice)
    until(lambda: len(listed_as(huiliu, "corrected")) == 5, "each was closed by the record that it was sent again as")
    assert len(huiliu("quarantine", "list", "--json").last["entries"]) == 1

    (figure,) = huiliu("rollup", "reading", "--city", "340100", "--json").last["figures"]
    assert (figure["readings"], figure["day"], figure["mean"]) == (5, DAY, pytest.approx(18.8))
    _explained(huiliu)
    assert_verified(huiliu)


def listed_as(huiliu: Any, status: str) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = huiliu("quarantine", "list", "--status", status, "--json").last["entries"]
    return entries


def _explained(huiliu: Any) -> None:
    """The figure opens down to offsets, and the offset down to the bytes that were sent, with their origin."""
    first = huiliu("explain", *FIGURE, "--limit", "2", "--json").last
    assert (first["equal"], first["more"], first["figure"], len(first["facts"])) == (
        True,
        True,
        first["control_total"],
        2,
    )
    pages = [huiliu("explain", *FIGURE, "--limit", "2", "--page", str(n), "--json").last["facts"] for n in (1, 2, 3, 4)]
    assert [len(page) for page in pages] == [2, 2, 1, 0]
    facts = [fact for page in pages for fact in page]
    assert len({(fact["partition"], fact["offset"]) for fact in facts}) == 5
    shown = huiliu("explain", *FIGURE).out
    assert shown.count("相符") == 7
    assert "不符" not in shown
    place = (facts[0]["topic"], str(facts[0]["partition"]), str(facts[0]["offset"]))
    story = huiliu("explain", "offset", *place, "--json").last
    assert (story["outcome"], story["event"]["mn"]) == ("accepted", MN)
    assert story["fact"]["revision"] == 1
    (origin,) = (header["value"] for header in story["record"]["headers"] if header["name"] == "huiliu.requeued-from")
    before = huiliu("explain", "offset", *origin.split("/"), "--json").last
    assert (before["outcome"], before["quarantine"]) == ("quarantined", "corrected")
    assert before["record"]["value_hex"] == story["record"]["value_hex"]
    assert "入库" in huiliu("explain", "offset", *place).out
    assert "没有 999" in huiliu("explain", "offset", place[0], place[1], "999").err
    assert huiliu("explain", "offset", "intake.340100.nothing", "0", "0").code == 2
    assert huiliu("explain", "reading", "--city", "340100", "--pollutant", "a21026", "--day", "2020-01-01").code == 2


def assert_verified(huiliu: Any) -> None:
    answer = huiliu("verify", "--json")
    assert answer.code == 0, [check for check in answer.last["checks"] if not check["ok"]]
    assert "全部相符" in huiliu("verify").out


def failing(huiliu: Any) -> set[str]:
    answer = huiliu("verify", "--json")
    assert answer.code == 3
    assert "✗" in huiliu("verify").out
    return {check["name"] for check in answer.last["checks"] if not check["ok"]}


KEEP = "create table kept as select * from {0} limit 1; delete from {0} using kept where {0} = kept"

#: What somebody does to the warehouse, how it is undone, and which checks must say so.
FALSIFIED = {
    "a fact taken away": (
        KEEP.format("reading"),
        "insert into reading select * from kept; drop table kept",
        {"loaded", "rollup_reading"},
    ),
    "a value changed": (
        "update reading set average = average + 1",
        "update reading set average = average - 1",
        {"rollup_reading"},
    ),
    "a figure changed": (
        "update rollup_reading set readings = readings + 1",
        "update rollup_reading set readings = readings - 1",
        {"rollup_reading"},
    ),
    "bytes in quarantine changed": (
        "update quarantine set value = value || '\\x00'::bytea",
        "update quarantine set value = substring(value for length(value) - 1)",
        {"kafka_quarantine"},
    ),
    "a rejected record hidden": (
        KEEP.format("quarantine"),
        "insert into quarantine select * from kept; drop table kept",
        {"quarantined"},
    ),
    "a digest changed": (
        "update ledger set raw_sha256 = sha256(raw_sha256)",
        None,
        {"hashes", "kafka_digests"},
    ),
}


def test_verify_says_what_was_falsified(at_hub: Any, huiliu: Any, event: Any, written: Any) -> None:
    huiliu("publisher", "add", "340100", "--kinds", "reading,registration")
    at_hub.worker()
    publish(huiliu, written(event("registration")), "registration")
    at_hub.wait_for(1)
    publish(huiliu, written(*hours(event, 5), event("reading", flag="A")), "reading")
    at_hub.wait_for(7)
    _send_in_a_transaction(at_hub.kafka)  # leaves an offset without a record
    at_hub.wait_for(10, 30)
    assert_verified(huiliu)
    for what, (done, undone, told) in FALSIFIED.items():
        _execute(at_hub, done)
        assert failing(huiliu) == told, what
        if undone is not None:
            _execute(at_hub, undone)
            assert_verified(huiliu)
    with closing(KafkaAdminClient(**at_hub.kafka.kafka_python())) as admin:
        admin.delete_topics(["intake.340100.reading"])
    assert "kafka_kept" in failing(huiliu)


def _send_in_a_transaction(kafka: Cluster) -> None:
    """One record nobody can read, then one more so that the worker sees what lies between them."""
    with closing(KafkaProducer(**kafka.kafka_python(), transactional_id="test", acks="all")) as producer:
        producer.init_transactions()
        producer.begin_transaction()
        producer.send("intake.340100.reading", value=b"rubbish", key=b"x", partition=0)
        producer.commit_transaction()
    with closing(KafkaProducer(**kafka.kafka_python(), acks="all")) as producer:
        producer.send("intake.340100.reading", value=b"more", key=b"x", partition=0).get(timeout=30)


def _execute(hub: Any, statements: str) -> None:
    with hub.warehouse.batch() as connection:
        for statement in statements.split(";"):
            connection.exec_driver_sql(statement)
