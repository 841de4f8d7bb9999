"""How a cluster is reached: a password in its file only, TLS unless said otherwise, the same for every client."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from huiliu.errors import SettingError
from huiliu.kafka import Cluster
from huiliu.settings import Settings

SECRET = "not-to-be-seen"


@pytest.fixture
def password(tmp_path: Path) -> Path:
    path = tmp_path / "password"
    path.write_text(SECRET + "\n")
    return path


@pytest.fixture
def told(password: Path) -> dict[str, str]:
    return {
        "HUILIU_KAFKA": "a:9092,[::1]:9093",
        "HUILIU_KAFKA_USER": "hub",
        "HUILIU_KAFKA_PASSWORD_FILE": str(password),
    }


def test_without_more_than_an_address_nothing_is_asked_for() -> None:
    cluster = Settings.from_environment({"HUILIU_KAFKA": "a:9092,b:9093"}).cluster
    assert cluster == Cluster("a:9092,b:9093")
    assert cluster.kafka_python() == cluster.aiokafka() == {"bootstrap_servers": ["a:9092", "b:9093"]}
    assert cluster.librdkafka() == {"bootstrap.servers": "a:9092,b:9093"}
    assert str(cluster) == "a:9092,b:9093"


def test_a_user_goes_with_tls_unless_said_otherwise(told: dict[str, str]) -> None:
    by_itself = Settings.from_environment(told).cluster
    said = Settings.from_environment(told | {"HUILIU_KAFKA_SECURITY": "SASL_PLAINTEXT"}).cluster
    assert by_itself is not None
    assert said is not None
    assert (by_itself.security, said.security) == ("SASL_SSL", "SASL_PLAINTEXT")
    assert said.servers == [("a", 9092), ("::1", 9093)]


def test_the_password_is_given_to_clients_and_shown_nowhere(told: dict[str, str]) -> None:
    cluster = Settings.from_environment(told).cluster
    assert cluster is not None
    assert cluster.kafka_python()["sasl_plain_password"] == SECRET
    assert cluster.librdkafka()["sasl.password"] == SECRET
    shown = repr(cluster) + str(cluster) + repr(cluster.environ()) + repr(Settings.from_environment(told))
    assert SECRET not in shown


def test_another_process_is_told_the_same(told: dict[str, str], password: Path) -> None:
    ca = {"HUILIU_KAFKA_CA": str(password), "HUILIU_KAFKA_MECHANISM": "PLAIN"}
    for given in (told, told | ca, {"HUILIU_KAFKA": "a:1"}, {}):
        cluster = Settings.from_environment(given).cluster
        if cluster is not None:
            inherited = told | ca | cluster.environ()
            assert Settings.from_environment(inherited).cluster == cluster


@pytest.mark.parametrize("lacking", ["HUILIU_KAFKA_USER", "HUILIU_KAFKA_PASSWORD_FILE"])
def test_user_and_password_are_set_together(told: dict[str, str], lacking: str) -> None:
    with pytest.raises(SettingError, match=lacking):
        Settings.from_environment({name: value for name, value in told.items() if name != lacking})


def test_a_security_that_does_not_fit_the_user_is_refused(told: dict[str, str]) -> None:
    with pytest.raises(SettingError, match="HUILIU_KAFKA_SECURITY"):
        Settings.from_environment(told | {"HUILIU_KAFKA_SECURITY": "SSL"})
    with pytest.raises(SettingError, match="HUILIU_KAFKA_SECURITY"):
        Settings.from_environment({"HUILIU_KAFKA": "a:1", "HUILIU_KAFKA_SECURITY": "SASL_SSL"})


@pytest.mark.parametrize("content", [b"", b"\nsecond\n", b"\xff\xfe", b"x" * 5_000])
def test_a_file_that_keeps_no_password_is_named_and_its_content_is_not(told: dict[str, str], content: bytes) -> None:
    path = Path(told["HUILIU_KAFKA_PASSWORD_FILE"])
    path.write_bytes(content)
    cluster = Settings.from_environment(told).cluster
    assert cluster is not None
    with pytest.raises(SettingError, match=re.escape(str(path))) as refused:
        cluster.kafka_python()
    assert "xxx" not in str(refused.value)


def test_certificates_that_are_none_are_refused_by_the_settings_name(told: dict[str, str], password: Path) -> None:
    cluster = Settings.from_environment(told | {"HUILIU_KAFKA_CA": str(password)}).cluster
    assert cluster is not None
    with pytest.raises(SettingError, match="HUILIU_KAFKA_CA"):
        cluster.aiokafka()
    assert cluster.librdkafka()["ssl.ca.location"] == os.fspath(password)
