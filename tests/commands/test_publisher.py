"""Publishers at a broker with locked doors, with stock clients: each does what is its own and nothing else."""

from __future__ import annotations

import json
import os
import re
import ssl
import stat
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import confluent_kafka
import psutil
import pytest
from confluent_kafka.admin import AdminClient, NewTopic
from kafka import KafkaProducer
from kafka.errors import KafkaError

from deploy import access
from deploy.cluster import admin, members
from deploy.instance import Instance
from huiliu.division import DivisionCode
from huiliu.kafka import Cluster
from sinks import credentials
from tests.conftest import until

ROOT = Path(__file__).parents[2]
HEFEI, WUHU = DivisionCode("340100"), DivisionCode("340200")
SOON = 60.0  #: seconds within which a suspended one must be refused


@pytest.fixture
def door(parts: Instance) -> Cluster:
    """The door for publishers: TLS, the hub's own CA."""
    assert parts.endpoints is not None
    return parts.endpoints.door


@pytest.fixture
def folders(
    at_hub: Any, huiliu: Any, door: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> dict[str, Path]:
    """Hefei and Wuhu, registered; for each the folder that it is handed, pointed at the door for publishers."""
    monkeypatch.setenv("HUILIU_PUBLISHERS_KAFKA", str(door))
    monkeypatch.setenv("HUILIU_PUBLISHERS_CA", str(door.ca))
    monkeypatch.setenv("HUILIU_PUBLISHERS_HTTP", "https://hub.example")
    found = {}
    for division in (HEFEI, WUHU):
        found[division] = tmp_path / division
        added = huiliu("publisher", "add", division, "--kinds", "nil,project", "--into", str(found[division]), "--json")
        assert added.code == 0, added.err
        assert added.last["unset"] == []
    return found


@pytest.fixture(autouse=True)
def nobody_left(parts: Instance) -> Iterator[None]:
    """The broker is the session's: users and rules of one test are not the next one's."""
    yield
    assert parts.endpoints is not None
    for division in (HEFEI, WUHU):
        access.revoke(parts.endpoints.kafka, credentials.user_of(division))
        access.remove_secret(parts.endpoints.kafka, credentials.user_of(division))


def librdkafka(folder: Path) -> dict[str, str]:
    """The settings as kcat -F reads them."""
    lines = (folder / "kcat.conf").read_text("utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if not line.startswith("#"))


def kafka_python(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "kafka-python.json").read_text("utf-8"))
    return found


def sent(settings: dict[str, str], topic: str, **more: Any) -> str | None:
    """Send a record with librdkafka; the name of the error that came back, None when the broker has it."""
    told: list[Any] = []
    producer = confluent_kafka.Producer({**settings, "message.timeout.ms": 8_000, "enable.idempotence": True, **more})
    producer.produce(topic, b"x", on_delivery=lambda error, _message: told.append(error))
    producer.flush(20)
    return told[0].name() if told and told[0] is not None else None if told else "NOTHING"


def read(folder: Path, topic: str, group: str = "publisher-340100-office") -> str:
    """What a consumer of the group is given first: a record's value, or the name of the error."""
    told = {**librdkafka(folder), "group.id": group, "auto.offset.reset": "earliest", "enable.auto.commit": False}
    consumer = confluent_kafka.Consumer(told)
    try:
        consumer.subscribe([topic])
        message = consumer.poll(20)
        assert message is not None, topic
        error = message.error()
        return str(error.name()) if error is not None else (message.value() or b"").decode()
    finally:
        consumer.close()


def test_a_publisher_writes_and_reads_its_own_with_stock_clients(
    folders: dict[str, Path], at_hub: Any, huiliu: Any
) -> None:
    assert sent(librdkafka(folders[HEFEI]), "intake.340100.nil") is None
    with closing(KafkaProducer(**kafka_python(folders[HEFEI]), acks="all")) as producer:
        assert producer.send("intake.340100.project", b"x").get(20).offset == 0
    with closing(KafkaProducer(**at_hub.kafka.kafka_python(), acks="all")) as hub:
        for topic in ("receipts.340100", "quarantine.340100", "directives.340100"):
            hub.send(topic, topic.encode()).get(20)
            assert read(folders[HEFEI], topic) == topic
    transactional = confluent_kafka.Producer({**librdkafka(folders[HEFEI]), "transactional.id": "publisher-340100-1"})
    transactional.init_transactions(20)
    assert access.limited(at_hub.kafka, "publisher-340100") == access.USUAL_RATE
    huiliu("publisher", "add", "340100", "--kinds", "nil", "--quota", "64")
    assert huiliu("publisher", "show", "340100", "--json").last["quota_bytes_a_second"] == 64 * 1024


def test_the_program_of_the_readme_sends_with_the_settings_that_are_handed_over(
    folders: dict[str, Path], huiliu: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    huiliu("publisher", "add", "340100", "--kinds", "reading")
    (source,) = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text("utf-8"), re.S)
    (tmp_path / "reading.avsc").write_bytes((ROOT / "schemas" / "avro" / "reading" / "1.avsc").read_bytes())
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["send.py", str(folders[HEFEI] / "kcat.conf")])
    exec(compile(source, "README.md", "exec"), {})
    assert "intake.340100.reading" in capsys.readouterr().out


def test_one_publisher_neither_writes_nor_reads_anothers_topics_nor_the_hubs(folders: dict[str, Path]) -> None:
    hefei = librdkafka(folders[HEFEI])
    for topic in (
        "intake.340200.nil", "intake.340100.award", "receipts.340100", "quarantine.340100", "province.nil",
        "hub.publishers", "intake.340200.new", "receipts.340200",
    ):  # fmt: skip
        assert sent(hefei, topic) == "TOPIC_AUTHORIZATION_FAILED", topic
    for topic in ("receipts.340200", "quarantine.340200", "intake.340200.nil", "intake.340100.nil", "province.nil"):
        assert read(folders[HEFEI], topic) == "TOPIC_AUTHORIZATION_FAILED", topic
    assert read(folders[HEFEI], "receipts.340100", group="publisher-340200") == "GROUP_AUTHORIZATION_FAILED"
    client = AdminClient(hefei)
    assert set(client.list_topics(timeout=20).topics) == {
        "intake.340100.nil", "intake.340100.project", "receipts.340100", "quarantine.340100", "directives.340100",
    }  # fmt: skip
    with pytest.raises(confluent_kafka.KafkaException, match="AUTHORIZATION"):
        client.create_topics([NewTopic("intake.340100.award", 1)])["intake.340100.award"].result(20)
    with pytest.raises(confluent_kafka.KafkaException, match="AUTHORIZATION"):
        client.delete_topics(["intake.340200.nil"])["intake.340200.nil"].result(20)


def test_a_suspended_one_is_refused_at_once_on_the_connection_that_it_has(
    folders: dict[str, Path], huiliu: Any
) -> None:
    with closing(KafkaProducer(**kafka_python(folders[HEFEI]), acks="all", retries=0)) as producer:
        producer.send("intake.340100.nil", b"before").get(20)
        begun = time.monotonic()
        suspended = huiliu("publisher", "suspend", "340100", "--json")
        assert (suspended.code, suspended.last["suspended"], suspended.last["unset"]) == (0, True, [])

        def refused() -> bool:
            try:
                producer.send("intake.340100.nil", b"after").get(20)
            except KafkaError:
                return True
            return False

        until(refused, "refused", SOON)
        assert time.monotonic() - begun < SOON
    assert sent(librdkafka(folders[HEFEI]), "intake.340100.nil") is not None
    assert sent(librdkafka(folders[WUHU]), "intake.340200.nil") is None
    assert huiliu("publisher", "suspend", "340100").code == 0
    assert huiliu("publisher", "rotate", "340100").code == 2


def test_one_let_in_again_has_a_new_secret_and_the_old_one_stays_void(
    folders: dict[str, Path], huiliu: Any, tmp_path: Path
) -> None:
    huiliu("publisher", "suspend", "340100")
    again = huiliu("publisher", "resume", "340100", "--into", str(tmp_path / "again"), "--json")
    assert (again.code, again.last["suspended"]) == (0, False)
    until(lambda: sent(librdkafka(tmp_path / "again"), "intake.340100.nil") is None, "let in with the new secret", 30)
    assert sent(librdkafka(folders[HEFEI]), "intake.340100.nil") is not None
    nothing = huiliu("publisher", "resume", "340100", "--json").last
    assert (nothing["secret"], nothing["done"]) == (None, [])


def test_a_new_secret_voids_the_old_one_at_the_broker_and_at_the_gateways(
    folders: dict[str, Path], at_hub: Any, huiliu: Any, tmp_path: Path
) -> None:
    old = (folders[HEFEI] / "secret").read_text().strip()
    rotated = huiliu("publisher", "rotate", "340100", "--secret-file", str(tmp_path / "new"), "--json")
    assert rotated.code == 0, rotated.err
    assert rotated.last["secret"] is None
    new = (tmp_path / "new").read_text().strip()
    with at_hub.warehouse.read() as connection:
        assert credentials.prove(connection, "publisher-340100", new) == (HEFEI, False)
        assert credentials.prove(connection, "publisher-340100", old) is None
    told = librdkafka(folders[HEFEI])
    until(lambda: sent(told | {"sasl.password": new}, "intake.340100.nil") is None, "let in with the new secret", 30)
    assert sent(told, "intake.340100.nil") is not None


def test_adding_again_keeps_the_secret_and_gives_rights_for_what_is_new(folders: dict[str, Path], huiliu: Any) -> None:
    again = huiliu("publisher", "add", "340100", "--kinds", "award", "--json").last
    assert again["secret"] is None
    until(lambda: sent(librdkafka(folders[HEFEI]), "intake.340100.award") is None, "rights for the new kind", 30)


def test_a_client_refuses_a_broker_of_another_authority_and_the_door_refuses_clear_text(
    folders: dict[str, Path], door: Cluster, tmp_path: Path
) -> None:
    from deploy import certificates

    other = certificates.own(tmp_path / "elsewhere", ["127.0.0.1"])
    told = librdkafka(folders[HEFEI]) | {"ssl.ca.location": str(other.ca)}
    assert sent(told, "intake.340100.nil", **{"message.timeout.ms": 3_000}) is not None
    (address,) = door.servers
    trusting = ssl.create_default_context(cafile=other.ca)
    with pytest.raises(ssl.SSLCertVerificationError):
        ssl.get_server_certificate(address, ca_certs=str(other.ca))
    assert trusting.verify_mode is ssl.CERT_REQUIRED
    plain = librdkafka(folders[HEFEI]) | {"security.protocol": "SASL_PLAINTEXT"}
    assert sent(plain, "intake.340100.nil", **{"message.timeout.ms": 3_000}) is not None


def test_no_door_lets_anybody_in_without_a_name(parts: Instance, folders: dict[str, Path]) -> None:
    known = parts._record
    assert known is not None
    for port in (known.ports.broker, known.ports.controller, known.ports.publishers):
        for security in ("PLAINTEXT", "SSL"):
            told = {"bootstrap.servers": f"127.0.0.1:{port}", "security.protocol": security,
                    "enable.ssl.certificate.verification": False}  # fmt: skip
            with pytest.raises(confluent_kafka.KafkaException):
                AdminClient(told).list_topics(timeout=1.5)


def test_a_secret_is_in_no_log_no_process_list_and_no_file_that_others_read(
    parts: Instance, folders: dict[str, Path], at_hub: Any, huiliu: Any, tmp_path: Path
) -> None:
    secrets = {(folder / "secret").read_text().strip() for folder in folders.values()}
    shown = huiliu("publisher", "rotate", "340100", "--json").last
    secrets.add(shown["secret"])
    secrets.add(at_hub.kafka.password())
    assert all(len(secret) >= 32 for secret in secrets)
    at_hub.worker()
    until(lambda: members(at_hub.kafka, "huiliu"), "the worker has come in")
    for process in psutil.process_iter():
        try:
            told = " ".join(process.cmdline())
            if process.pid in _ours(parts, at_hub):
                told += " ".join(process.environ().values())
        except psutil.Error:
            continue
        assert not [secret for secret in secrets if secret in told], process.pid
    for folder in (parts.home, tmp_path):
        for path in _files(folder):
            if not path.is_relative_to(parts.home / "database"):
                try:
                    content, mode = path.read_bytes(), path.stat().st_mode
                except FileNotFoundError:
                    continue  # the broker deletes a topic of an earlier test
                readable = stat.S_IMODE(mode) & 0o077
                holds = [secret for secret in secrets if secret.encode() in content]
                assert not (holds and (readable or path.is_relative_to(parts.logs))), path
    assert shown["secret"] not in huiliu("publisher", "show", "340100").out


def _files(folder: Path) -> list[Path]:
    return [Path(place) / name for place, _, names in os.walk(folder) for name in names]


def _ours(parts: Instance, hub: Any) -> set[int]:
    return {os.getpid(), *(part.identity.pid for part in parts._parts.values()), *(one.pid for one in hub.workers)}


def test_half_way_is_said_and_repeating_goes_on(at_hub: Any, huiliu: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    real = access.limit

    def away(*_: object) -> None:
        from huiliu.errors import Unavailable

        raise Unavailable("broken on purpose")

    monkeypatch.setattr(access, "limit", away)
    failed = huiliu("publisher", "add", "340100", "--kinds", "nil", "--json")
    assert failed.code == 2
    assert "broken on purpose" in failed.err
    assert "访问规则" in failed.err
    monkeypatch.setattr(access, "limit", real)
    went_on = huiliu("publisher", "add", "340100", "--kinds", "nil", "--json")
    assert went_on.code == 0
    assert went_on.last["secret"]


def test_at_a_cluster_that_asks_nobody_it_is_said_what_was_not_set(
    at_hub: Any, huiliu: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from commands import admission

    endpoints = replace(_endpoints(at_hub), kafka=replace(at_hub.kafka, security="PLAINTEXT"))
    steps = admission.Steps()
    admission._open(steps, endpoints, HEFEI, ["nil"], None)
    assert len(steps.unset) == 1
    assert steps.done == []
    with admin(at_hub.kafka) as client:
        assert "publisher-340100" not in access.users(client)


def _endpoints(hub: Any) -> Any:
    from deploy.endpoints import Endpoints

    return Endpoints(hub.kafka, hub.database)


def test_nobody_is_shown_suspended_or_given_a_secret_who_is_not_registered(at_hub: Any, huiliu: Any) -> None:
    for command in ("show", "rotate", "suspend", "resume"):
        answer = huiliu("publisher", command, "340100")
        assert answer.code == 2
        assert "huiliu publisher add 340100" in answer.err


def test_a_new_secret_is_in_force_once_it_is_handed_over(at_hub: Any) -> None:
    from commands.admission import TAKING_UP, taken_up
    from deploy.probes.listeners import logged_in

    user, theirs = credentials.user_of(HEFEI), replace(at_hub.kafka, user=credentials.user_of(HEFEI))
    access.set_secret(at_hub.kafka, user, "old")
    later = threading.Timer(1.0, access.set_secret, (at_hub.kafka, user, "new"))
    later.start()
    began = time.monotonic()
    taken_up(at_hub.kafka, user, "new")
    assert 1.0 <= time.monotonic() - began < TAKING_UP
    assert logged_in(at_hub.kafka.servers[0], theirs, "new")[0].outcome == "good"
    later.join()
