"""The broker's doors in a home of any age: one without authentication gets them and keeps its records."""

from __future__ import annotations

import shutil
import ssl
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from kafka.errors import KafkaError

from deploy import certificates, cluster, topics
from deploy.broker import Broker
from deploy.instance import Instance
from deploy.listeners import Listeners, on_loopback
from deploy.passwords import BROKER
from huiliu import clock
from huiliu.kafka import Cluster
from tests.conftest import until

DATABASE = "postgresql://somebody@127.0.0.1:1/there"  # none is started
TOPIC = "intake.340100.nil"


def of_an_older_version(listeners: Listeners) -> dict[str, str | int | Path]:
    return {
        "listeners": f"CLIENTS://127.0.0.1:{listeners.hub},CONTROLLER://127.0.0.1:{listeners.controller}",
        "advertised.listeners": f"CLIENTS://127.0.0.1:{listeners.hub}",
        "listener.security.protocol.map": "CLIENTS:PLAINTEXT,CONTROLLER:PLAINTEXT",
        "controller.listener.names": "CONTROLLER",
        "inter.broker.listener.name": "CLIENTS",
    }


def first_record(kafka: Cluster) -> bytes | None:
    with closing(KafkaConsumer(**kafka.kafka_python(), auto_offset_reset="earliest")) as reader:
        reader.assign([TopicPartition(TOPIC, 0)])
        for records in reader.poll(timeout_ms=20_000).values():
            return bytes(records[0].value)
    return None


@pytest.mark.drill
def test_a_home_without_authentication_keeps_its_records_and_gets_doors(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as older:
        older.setattr(Listeners, "settings", of_an_older_version)
        older.setattr(Broker, "_answers", lambda self: cluster.answers(Cluster(f"127.0.0.1:{self.listeners.hub}")))
        instance = Instance(tmp_path, database=DATABASE)
        with instance.running() as endpoints:
            plain = Cluster(str(endpoints.kafka))
            topics.ensure(plain, [TOPIC], 1)
            with closing(KafkaProducer(**plain.kafka_python(), acks="all")) as producer:
                producer.send(TOPIC, b"kept").get(20)
    with Instance(tmp_path, database=DATABASE).running() as endpoints:
        assert first_record(endpoints.kafka) == b"kept"
        assert not cluster.answers(Cluster(str(endpoints.kafka)), 1_000)
    (tmp_path / BROKER).unlink()  # a lost password is replaced, the records stay
    with Instance(tmp_path, database=DATABASE).running() as endpoints:
        assert first_record(endpoints.kafka) == b"kept"
        other = tmp_path / "other"
        other.write_text("wrong\n")
        stranger = Cluster(str(endpoints.kafka), "SASL_PLAINTEXT", "hub", other)
        with pytest.raises(KafkaError), closing(KafkaConsumer(**stranger.kafka_python())):
            pass
    shutil.rmtree(tmp_path / "broker")


def test_a_renewed_certificate_is_served_while_the_broker_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    instance = Instance(tmp_path, database=DATABASE)
    with instance.running() as endpoints:
        (address,) = endpoints.door.servers
        assert endpoints.door.ca is not None
        before = ssl.get_server_certificate(address, ca_certs=str(endpoints.door.ca))
        assert not instance.renew()
        later = clock.now_ms() + (certificates.SERVER_DAYS - 10) * 86_400_000
        with clock.using(clock.at(later)):  # not due yet by the machine's clock: valid now as well by the skew
            monkeypatch.setattr(certificates, "_SKEW", timedelta(days=500))
            assert instance.renew()
        until(
            lambda: ssl.get_server_certificate(address, ca_certs=str(endpoints.door.ca)) != before,
            "the new certificate is served", 20,
        )  # fmt: skip
        assert cluster.answers(endpoints.kafka)


def test_a_name_beyond_this_machine_makes_the_publishers_door_listen_everywhere_and_no_other(tmp_path: Path) -> None:
    password = tmp_path / "password"
    password.write_text("secret\n")
    told = Listeners(1, 2, 3, "hub.ah.gov.cn", tmp_path / "server.pem", password).settings()
    assert told["listeners"] == "HUB://127.0.0.1:1,CONTROLLER://127.0.0.1:2,PUBLISHERS://:3"
    assert told["advertised.listeners"] == "HUB://127.0.0.1:1,PUBLISHERS://hub.ah.gov.cn:3"
    near = Listeners(1, 2, 3, "::1", tmp_path / "server.pem", password).settings()
    assert str(near["listeners"]).endswith("PUBLISHERS://127.0.0.1:3")
    assert str(near["advertised.listeners"]).endswith("PUBLISHERS://[::1]:3")
    assert [on_loopback(host) for host in ("localhost", "127.0.0.2", "10.0.0.1", "hub")] == [True, True, False, False]


def test_a_connection_proves_anew_who_it_is_within_a_minute(tmp_path: Path) -> None:
    password = tmp_path / "password"
    password.write_text("secret\n")
    settings = Listeners(1, 2, 3, "127.0.0.1", tmp_path / "keystore", password).settings()
    assert int(str(settings["listener.name.publishers.connections.max.reauth.ms"])) < 60_000
