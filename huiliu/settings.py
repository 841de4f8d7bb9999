"""Settings: read once at the start of a process, from the environment, and refused where wrong.

What they are called, mean and allow is in ``huiliu.settings_table``.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from platformdirs import user_data_path

from huiliu.errors import SettingError
from huiliu.kafka import Cluster, Mechanism, Security
from huiliu.language import Language, language, text
from huiliu.settings_table import SETTINGS


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What a process needs to know before it starts. Times and sizes carry their unit in the name."""

    home: Path
    kafka: str | None = None
    kafka_security: Security | None = None
    kafka_mechanism: Mechanism = "SCRAM-SHA-512"
    kafka_user: str | None = None
    kafka_password_file: Path | None = None
    kafka_ca: Path | None = None
    publishers_host: str = "127.0.0.1"
    publishers_port: int | None = None
    publishers_kafka: str | None = None
    publishers_security: Security | None = None
    publishers_ca: Path | None = None
    publishers_http: str | None = None
    tls_certificate: Path | None = None
    tls_key: Path | None = None
    tls_ca: Path | None = None
    database: str | None = None
    language: Language = "zh"
    java_home: Path | None = None
    kafka_jars: Path | None = None
    province: str = "340000"
    batch_rows: int = 100_000
    linger_ms: int = 200
    partitions: int = 4
    refresh_seconds: int = 15
    session_seconds: int = 20
    record_bytes: int = 1_048_576
    file_bytes: int = 209_715_200
    file_rows: int = 1_000_000
    metrics_host: str = "127.0.0.1"
    metrics_port: int | None = None
    stall_seconds: int = 60
    mark_hours: int = 12
    disk_gib: int = 10
    receipt_key: Path | None = None
    oversight_rules: Path | None = None
    oversight_duties: Path | None = None
    calendar: Path | None = None
    http_host: str = "127.0.0.1"
    http_port: int | None = None
    http_tls: str | None = None
    http_certificate: Path | None = None
    http_key: Path | None = None
    http_body_bytes: int = 16_777_216
    http_events: int = 10_000
    http_held_bytes: int = 134_217_728
    http_upload_bytes: int = 1_073_741_824
    http_events_per_second: int = 20_000
    http_requests_per_second: int = 500
    hj212_host: str = "127.0.0.1"
    hj212_port: int | None = None
    hj212_keys: Path | None = None
    hj212_admit: str = "DEVICES"
    hj212_connections: int = 50_000
    hj212_per_address: int = 5_000
    hj212_frames_per_second: int = 50
    hj212_idle_seconds: int = 4_000
    hj212_clock_seconds: int = 120
    hj212_packet_seconds: int = 120
    crash_at: str | None = None

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] | None = None) -> Settings:
        """Settings from variables; an empty variable counts as not set. Raises SettingError for the first wrong one."""
        environ = os.environ if environ is None else environ
        values: dict[str, Any] = {"home": user_data_path("huiliu", appauthor=False), "language": language(environ)}
        for setting in SETTINGS:
            given = environ.get(setting.variable, "").strip()
            if given:
                try:
                    values[setting.field] = setting.read(given)
                except ValueError:
                    allowed = text(setting.allowed_zh, setting.allowed_en)
                    raise SettingError(setting.variable, given, allowed) from None
        found = cls(**values)
        found._whole_login()
        found._whole_door()
        found._whole_certificate()
        return found

    @property
    def cluster(self) -> Cluster | None:
        """The existing Kafka cluster, and who we are there; None when none is named.

        With a user it is TLS unless HUILIU_KAFKA_SECURITY says otherwise: a name never goes out in the clear by itself.
        """
        if self.kafka is None:
            return None
        security: Security = "SASL_SSL" if self.kafka_user else "SSL" if self.kafka_ca else "PLAINTEXT"
        return Cluster(
            bootstrap=self.kafka,
            security=self.kafka_security or security,
            user=self.kafka_user,
            password_file=self.kafka_password_file,
            ca=self.kafka_ca,
            mechanism=self.kafka_mechanism,
        )

    @property
    def door(self) -> Cluster | None:
        """How publishers reach the existing cluster; None where nothing says that it is another way than ours.

        Nobody's name: each has its own. Where we log in, they do, and over TLS unless that is said otherwise.
        """
        ours = self.cluster
        if ours is None or not (self.publishers_kafka or self.publishers_security or self.publishers_ca):
            return None
        usual: Security = "SASL_SSL" if ours.authenticated else "SSL" if self.publishers_ca else ours.security
        return Cluster(
            bootstrap=self.publishers_kafka or ours.bootstrap,
            security=self.publishers_security or usual,
            ca=self.publishers_ca or ours.ca,
        )

    def _whole_door(self) -> None:
        """Another address for publishers is that of an existing cluster. Raises SettingError."""
        if self.kafka is None:
            for name in ("kafka", "security", "ca"):
                if getattr(self, f"publishers_{name}") is not None:
                    told = text(
                        "只用于已有集群（HUILIU_KAFKA）；内嵌 Kafka 用 HUILIU_PUBLISHERS_HOST、HUILIU_PUBLISHERS_PORT",
                        "for an existing cluster (HUILIU_KAFKA) only; for the embedded Kafka set "
                        "HUILIU_PUBLISHERS_HOST and HUILIU_PUBLISHERS_PORT",
                    )
                    given = str(getattr(self, f"publishers_{name}"))
                    raise SettingError(f"HUILIU_PUBLISHERS_{name.upper()}", given, told)
        elif self.publishers_security and self.publishers_security.startswith("SASL") != bool(self.kafka_user):
            told = text("与本机一致：设了 HUILIU_KAFKA_USER 时须登录，否则不登录",
                        "as for us: with a login where HUILIU_KAFKA_USER is set, else without")  # fmt: skip
            raise SettingError("HUILIU_PUBLISHERS_SECURITY", self.publishers_security, told)

    def _whole_certificate(self) -> None:
        """A certificate goes with its key. Raises SettingError."""
        for name in ("tls", "http"):
            certificate, key = getattr(self, f"{name}_certificate"), getattr(self, f"{name}_key")
            if (certificate is None) != (key is None):
                lacking = f"HUILIU_{name.upper()}_{'KEY' if certificate else 'CERTIFICATE'}"
                raise SettingError(lacking, "", text("证书与私钥须一同设置", "certificate and key are set together"))

        if self.http_tls == "OWN" and self.http_certificate is not None:
            told = text("own 或证书文件，二者择一", "own or files of a certificate, one of the two")
            raise SettingError("HUILIU_HTTP_TLS", "own", told)

    def _whole_login(self) -> None:
        """User and password belong together, and to a security that asks for them. Raises SettingError."""
        if bool(self.kafka_user) != bool(self.kafka_password_file):
            lacking = "HUILIU_KAFKA_PASSWORD_FILE" if self.kafka_user else "HUILIU_KAFKA_USER"
            told = text("用户与口令文件须一同设置", "user and password file are set together")
            raise SettingError(lacking, "", told)
        if self.kafka_security is not None and self.kafka_security.startswith("SASL") != bool(self.kafka_user):
            told = text(
                "设了 HUILIU_KAFKA_USER 时为 SASL_SSL 或 SASL_PLAINTEXT，否则为 SSL 或 PLAINTEXT",
                "SASL_SSL or SASL_PLAINTEXT with HUILIU_KAFKA_USER, SSL or PLAINTEXT without",
            )
            raise SettingError("HUILIU_KAFKA_SECURITY", self.kafka_security, told)
