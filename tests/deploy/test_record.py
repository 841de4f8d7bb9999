"""The record of an instance, its passwords, and the endpoints that follow from them."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import pytest

from deploy import record
from deploy.endpoints import Endpoints, local_database, resolve
from deploy.passwords import Passwords
from deploy.ports import Ports
from deploy.process import Identity
from deploy.record import Record
from huiliu.errors import Unavailable
from huiliu.kafka import Cluster
from huiliu.settings import Settings


def a_record(**changes: object) -> Record:
    known = {
        "owner": Identity.of(os.getpid()),
        "ports": Ports(20001, 20002, 20003),
        "kafka": Cluster("127.0.0.1:20001"),
        "sockets": "/nowhere",
        "ready": True,
        **changes,
    }
    return Record(**known)  # type: ignore[arg-type]


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_record_comes_back_as_it_was_saved_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    saved = a_record(external=("database",)).with_part("broker", Identity(4, 5.0))
    saved.save(tmp_path)
    assert record.load(tmp_path) == saved
    assert mode(tmp_path / record.NAME) == 0o600


def test_how_the_cluster_is_reached_comes_back_and_a_record_of_an_older_version_is_read(tmp_path: Path) -> None:
    reached = Cluster("127.0.0.1:20001", "SASL_PLAINTEXT", "hub", tmp_path / "password", None)
    a_record(kafka=reached).save(tmp_path)
    known = record.load(tmp_path)
    assert known is not None
    assert known.kafka == reached
    content = json.loads((tmp_path / record.NAME).read_text())
    (tmp_path / record.NAME).write_text(json.dumps(content | {"kafka": "127.0.0.1:20001"}))
    known = record.load(tmp_path)
    assert known is not None
    assert known.kafka == Cluster("127.0.0.1:20001")


@pytest.mark.parametrize("content", ["", "{", "[]", "null", "{}", '{"owner": 3}', "\x00"])
def test_a_torn_or_foreign_record_is_no_record(tmp_path: Path, content: str) -> None:
    (tmp_path / record.NAME).write_text(content, encoding="utf-8")
    assert record.load(tmp_path) is None


def test_passwords_are_made_once_kept_private_and_not_shown(tmp_path: Path) -> None:
    passwords = Passwords.of(tmp_path)
    assert Passwords.of(tmp_path) == passwords
    assert mode(tmp_path / "passwords.json") == 0o600
    assert passwords.database != passwords.superuser
    assert passwords.database not in repr(passwords)
    assert passwords.database not in repr(Endpoints(Cluster("k:1"), local_database(passwords, 1)))


def test_settings_that_name_both_endpoints_need_no_instance(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, kafka="a:1", database="postgresql://b/c")
    assert resolve(settings) == Endpoints(Cluster("a:1"), "postgresql://b/c")


def test_publishers_are_told_the_door_and_the_gateway_that_settings_name(tmp_path: Path) -> None:
    settings = Settings(
        home=tmp_path, kafka="inside:1", database="postgresql://b/c", publishers_kafka="outside:2",
        publishers_security="SSL", publishers_http="https://hub.ah.gov.cn",
    )  # fmt: skip
    endpoints = resolve(settings)
    assert (endpoints.kafka, endpoints.door) == (Cluster("inside:1"), Cluster("outside:2", "SSL"))
    assert endpoints.web == "https://hub.ah.gov.cn"
    a_record(gateways={"gateway-http": "http://127.0.0.1:8"}).save(tmp_path)
    assert resolve(Settings(home=tmp_path)).web == "http://127.0.0.1:8"


def test_endpoints_of_a_running_instance_come_from_its_record(tmp_path: Path) -> None:
    a_record().save(tmp_path)
    endpoints = resolve(Settings(home=tmp_path))
    assert endpoints.kafka == Cluster("127.0.0.1:20001")
    assert endpoints.database.startswith("postgresql://huiliu:")
    assert endpoints.database.endswith("@127.0.0.1:20003/huiliu")
    assert resolve(Settings(home=tmp_path, kafka="other:9")).kafka == Cluster("other:9")


@pytest.mark.parametrize("changes", [{"ready": False}, {"owner": Identity(os.getpid(), 5.0)}])
def test_endpoints_of_an_instance_that_is_not_up_are_unavailable_and_say_how_to_start_it(
    tmp_path: Path, changes: dict[str, object]
) -> None:
    a_record(**changes).save(tmp_path)
    with pytest.raises(Unavailable, match="huiliu up"):
        resolve(Settings(home=tmp_path))


def test_endpoints_of_a_folder_without_an_instance_are_unavailable(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="HUILIU_DATABASE"):
        resolve(Settings(home=tmp_path / "none"))
