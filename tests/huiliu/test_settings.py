"""Settings are read from the environment, and refused where wrong."""

from __future__ import annotations

import os
from dataclasses import fields
from pathlib import Path

import pytest

from huiliu.errors import SettingError
from huiliu.kafka import Cluster
from huiliu.language import language, text
from huiliu.settings import Settings
from huiliu.settings_table import SETTINGS


def test_an_empty_environment_gives_the_defaults() -> None:
    settings = Settings.from_environment({})
    assert (settings.kafka, settings.database, settings.province, settings.language) == (None, None, "340000", "zh")
    assert (settings.batch_rows, settings.linger_ms, settings.partitions) == (100_000, 200, 4)
    assert (settings.refresh_seconds, settings.record_bytes, settings.crash_at) == (15, 1_048_576, None)
    assert settings.home.name == "huiliu"


def test_every_field_is_in_the_table_once_and_the_table_tells_the_true_default() -> None:
    defaults = Settings.from_environment({})
    assert sorted(setting.field for setting in SETTINGS) == sorted(field.name for field in fields(Settings))
    assert all(setting.variable == f"HUILIU_{setting.field.upper()}" for setting in SETTINGS)
    for setting in SETTINGS:
        assert setting.meaning_zh
        assert setting.meaning_en
        assert setting.allowed_zh
        assert setting.allowed_en
        if setting.default.isdecimal():
            assert str(getattr(defaults, setting.field)) == setting.default


def test_right_values_are_taken(tmp_path: Path) -> None:
    given = {
        "HUILIU_HOME": f"{tmp_path}/new", "HUILIU_KAFKA": "a:9092,b:9093", "HUILIU_DATABASE": "postgresql://u:p@h:5432/d",
        "HUILIU_LANGUAGE": "en", "HUILIU_JAVA_HOME": str(tmp_path), "HUILIU_KAFKA_JARS": str(tmp_path),
        "HUILIU_PROVINCE": "320000", "HUILIU_BATCH_ROWS": "1", "HUILIU_LINGER_MS": " 5000 ", "HUILIU_PARTITIONS": "64",
        "HUILIU_REFRESH_SECONDS": "60", "HUILIU_RECORD_BYTES": "1024", "HUILIU_CRASH_AT": "after-copy",
        "HUILIU_SESSION_SECONDS": "6", "HUILIU_KAFKA_SECURITY": "sasl_ssl", "HUILIU_KAFKA_USER": "hub",
        "HUILIU_PUBLISHERS_HOST": "hub.ah.gov.cn", "HUILIU_PUBLISHERS_PORT": "9093", "HUILIU_TLS_CERTIFICATE": __file__,
        "HUILIU_TLS_KEY": __file__, "HUILIU_TLS_CA": __file__,
        "HUILIU_KAFKA_PASSWORD_FILE": __file__, "HUILIU_KAFKA_MECHANISM": "scram-sha-256", "HUILIU_KAFKA_CA": __file__,
        "HUILIU_PUBLISHERS_KAFKA": "hub.ah.gov.cn:9094", "HUILIU_PUBLISHERS_SECURITY": "sasl_ssl",
        "HUILIU_PUBLISHERS_CA": __file__, "HUILIU_PUBLISHERS_HTTP": "https://hub.ah.gov.cn/",
    }  # fmt: skip
    settings = Settings.from_environment(given)
    assert settings == Settings(
        home=tmp_path / "new", kafka="a:9092,b:9093", database="postgresql://u:p@h:5432/d", language="en",
        java_home=tmp_path, kafka_jars=tmp_path, province="320000", batch_rows=1, linger_ms=5000, partitions=64,
        refresh_seconds=60, session_seconds=6, record_bytes=1024, crash_at="after-copy", kafka_security="SASL_SSL",
        kafka_user="hub", kafka_password_file=Path(__file__), kafka_mechanism="SCRAM-SHA-256", kafka_ca=Path(__file__),
        publishers_host="hub.ah.gov.cn", publishers_port=9093, tls_certificate=Path(__file__), tls_key=Path(__file__),
        tls_ca=Path(__file__), publishers_kafka="hub.ah.gov.cn:9094", publishers_security="SASL_SSL",
        publishers_ca=Path(__file__), publishers_http="https://hub.ah.gov.cn",
    )  # fmt: skip


def test_an_empty_variable_counts_as_not_set() -> None:
    assert Settings.from_environment({"HUILIU_KAFKA": " "}).kafka is None


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("HUILIU_KAFKA", "localhost"), ("HUILIU_KAFKA", "localhost:0"), ("HUILIU_KAFKA", "a:1,"),
        ("HUILIU_KAFKA_SECURITY", "TLS"), ("HUILIU_KAFKA_USER", "a b"), ("HUILIU_KAFKA_PASSWORD_FILE", "/nowhere/pw"),
        ("HUILIU_KAFKA_MECHANISM", "GSSAPI"), ("HUILIU_KAFKA_CA", "/nowhere/ca.pem"),
        ("HUILIU_PUBLISHERS_HOST", "a b"), ("HUILIU_PUBLISHERS_PORT", "0"),
        ("HUILIU_PUBLISHERS_KAFKA", "hub"), ("HUILIU_PUBLISHERS_KAFKA", "hub:0"),
        ("HUILIU_PUBLISHERS_SECURITY", "SASL"),
        ("HUILIU_PUBLISHERS_CA", "/nowhere"),
        ("HUILIU_PUBLISHERS_HTTP", "hub.ah.gov.cn"), ("HUILIU_PUBLISHERS_HTTP", "http://h/?a=1"),
        ("HUILIU_TLS_CERTIFICATE", "/nowhere"), ("HUILIU_TLS_KEY", "/nowhere"), ("HUILIU_TLS_CA", "/nowhere"),
        ("HUILIU_DATABASE", "mysql://h/d"), ("HUILIU_DATABASE", "postgresql://"), ("HUILIU_LANGUAGE", "fr"),
        ("HUILIU_JAVA_HOME", "/nowhere/java"), ("HUILIU_KAFKA_JARS", "/nowhere/jars"), ("HUILIU_HOME", __file__),
        ("HUILIU_PROVINCE", "340100"), ("HUILIU_PROVINCE", "990000"), ("HUILIU_BATCH_ROWS", "0"),
        ("HUILIU_BATCH_ROWS", "1000001"), ("HUILIU_BATCH_ROWS", "1e5"), ("HUILIU_BATCH_ROWS", "１００"),
        ("HUILIU_LINGER_MS", "9"), ("HUILIU_LINGER_MS", "5001"), ("HUILIU_PARTITIONS", "65"),
        ("HUILIU_REFRESH_SECONDS", "-1"), ("HUILIU_RECORD_BYTES", "1023"), ("HUILIU_CRASH_AT", "a b"),
    ],
)  # fmt: skip
def test_a_wrong_value_is_refused_with_name_value_and_what_is_allowed(variable: str, value: str) -> None:
    with pytest.raises(SettingError) as raised:
        Settings.from_environment({variable: value})
    allowed = {setting.variable: (setting.allowed_zh, setting.allowed_en) for setting in SETTINGS}[variable]
    assert (raised.value.variable, raised.value.value) == (variable, value)
    assert raised.value.allowed in allowed
    assert variable in str(raised.value)
    assert value in str(raised.value)


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({}, "zh"), ({"HUILIU_LANGUAGE": "en"}, "en"), ({"HUILIU_LANGUAGE": "zh", "LANG": "en_GB.UTF-8"}, "zh"),
        ({"LANG": "en_GB.UTF-8"}, "en"), ({"LANG": "zh_CN.UTF-8"}, "zh"), ({"LANG": "C.UTF-8"}, "zh"),
        ({"LC_ALL": "POSIX", "LANG": "fr_FR"}, "en"), ({"HUILIU_LANGUAGE": "xx", "LANG": "en_US"}, "en"),
    ],
)  # fmt: skip
def test_the_language_is_the_settings_else_the_locales_else_chinese(environ: dict[str, str], expected: str) -> None:
    assert language(environ) == expected


def test_messages_come_in_the_language_in_force(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUILIU_LANGUAGE", "en")
    assert text("是", "yes") == "yes"
    assert "not allowed" in str(SettingError("A", "b", "c"))
    monkeypatch.setenv("HUILIU_LANGUAGE", "zh")
    assert text("是", "yes") == "是"
    assert language(os.environ) == "zh"


def test_publishers_may_reach_an_existing_cluster_by_another_door_than_ours() -> None:
    ours = {"HUILIU_KAFKA": "broker.inside:9092"}
    login = {"HUILIU_KAFKA_USER": "hub", "HUILIU_KAFKA_PASSWORD_FILE": __file__, "HUILIU_KAFKA_CA": __file__}
    theirs = {"HUILIU_PUBLISHERS_KAFKA": "hub.ah.gov.cn:9094"}
    assert Settings.from_environment(ours | login).door is None
    door = Settings.from_environment(ours | login | theirs).door
    assert door == Cluster("hub.ah.gov.cn:9094", "SASL_SSL", ca=Path(__file__))
    inside = {"HUILIU_KAFKA_SECURITY": "SASL_PLAINTEXT", "HUILIU_KAFKA_CA": ""}
    door = Settings.from_environment(ours | login | inside | theirs).door
    assert door == Cluster("hub.ah.gov.cn:9094", "SASL_SSL"), "a secret goes out over TLS unless that is said otherwise"
    assert Settings.from_environment(ours | theirs).door == Cluster("hub.ah.gov.cn:9094", "PLAINTEXT")
    with pytest.raises(SettingError, match="HUILIU_PUBLISHERS_HOST"):
        Settings.from_environment(theirs)
    with pytest.raises(SettingError, match="HUILIU_KAFKA_USER"):
        Settings.from_environment(ours | theirs | {"HUILIU_PUBLISHERS_SECURITY": "SASL_SSL"})
