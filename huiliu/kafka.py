"""How a Kafka cluster is reached: its servers, and who one is there. One value; each client's settings come from it.

The password is never part of the value: the value has the path of the file that keeps it, so nothing that shows, sends
or records a :class:`Cluster` can give the password away, and a child process is told the path.
"""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal, get_args

from huiliu.errors import SettingError
from huiliu.language import text

Security = Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"]
Mechanism = Literal["SCRAM-SHA-512", "SCRAM-SHA-256", "PLAIN"]

SECURITIES: Final[tuple[Security, ...]] = get_args(Security)
MECHANISMS: Final[tuple[Mechanism, ...]] = get_args(Mechanism)

#: Longest password read from a file, in characters: a file that is longer is no password.
_LONGEST: Final = 1024


@dataclass(frozen=True, slots=True)
class Cluster:
    """A cluster and who one is there.

    bootstrap: host:port, several separated by commas; user, password_file: None where nobody asks who one is; ca: file
    with the certificates that TLS trusts, None for the system's. As text it is its bootstrap servers.
    """

    bootstrap: str
    security: Security = "PLAINTEXT"
    user: str | None = None
    password_file: Path | None = None
    ca: Path | None = None
    mechanism: Mechanism = "SCRAM-SHA-512"

    def __str__(self) -> str:
        return self.bootstrap

    @property
    def servers(self) -> list[tuple[str, int]]:
        """Hosts and ports of the bootstrap servers."""
        pairs = (server.strip().rpartition(":") for server in self.bootstrap.split(","))
        return [(host.strip("[]"), int(port)) for host, _, port in pairs]

    @property
    def authenticated(self) -> bool:
        """Whether one says who one is."""
        return self.security.startswith("SASL")

    @property
    def encrypted(self) -> bool:
        """Whether the connection is TLS."""
        return self.security.endswith("SSL")

    def password(self) -> str:
        """The password, read now. Raises SettingError when its file cannot be read or is empty."""
        return read_password(self.password_file) if self.password_file is not None else ""

    def kafka_python(self) -> dict[str, Any]:
        """Settings for kafka-python's clients. Raises SettingError."""
        settings: dict[str, Any] = {"bootstrap_servers": self.bootstrap.split(",")}
        if self.security != "PLAINTEXT":
            settings["security_protocol"] = self.security
        if self.encrypted:
            settings["ssl_context"] = self.tls()
        return settings | self._sasl()

    def aiokafka(self) -> dict[str, Any]:
        """Settings for aiokafka's clients. Raises SettingError."""
        return self.kafka_python()  # they are spelled the same

    def librdkafka(self) -> dict[str, Any]:
        """Settings for confluent-kafka and whatever else stands on librdkafka. Raises SettingError."""
        settings: dict[str, Any] = {"bootstrap.servers": self.bootstrap}
        if self.security != "PLAINTEXT":
            settings["security.protocol"] = self.security
        if self.encrypted and self.ca is not None:
            settings["ssl.ca.location"] = str(self.ca)
        if self.authenticated:
            settings |= {
                "sasl.mechanism": self.mechanism,
                "sasl.username": self.user or "",
                "sasl.password": self.password(),
            }
        return settings

    def environ(self) -> dict[str, str]:
        """Variables that tell another process of ours; those that do not apply are empty, which is not set."""
        return {
            "HUILIU_KAFKA": self.bootstrap,
            "HUILIU_KAFKA_SECURITY": self.security,
            "HUILIU_KAFKA_MECHANISM": self.mechanism if self.authenticated else "",
            "HUILIU_KAFKA_USER": self.user or "",
            "HUILIU_KAFKA_PASSWORD_FILE": str(self.password_file or ""),
            "HUILIU_KAFKA_CA": str(self.ca or ""),
        }

    def tls(self) -> ssl.SSLContext:
        """What TLS trusts. Raises SettingError when the file of certificates cannot be used."""
        try:
            return ssl.create_default_context(cafile=self.ca)
        except (OSError, ssl.SSLError) as fault:
            allowed = text("PEM 证书文件", "a file of certificates in PEM")
            raise SettingError("HUILIU_KAFKA_CA", str(self.ca), allowed) from fault

    def _sasl(self) -> dict[str, Any]:
        if not self.authenticated:
            return {}
        return {
            "sasl_mechanism": self.mechanism,
            "sasl_plain_username": self.user,
            "sasl_plain_password": self.password(),
        }


def read_password(path: Path, variable: str = "HUILIU_KAFKA_PASSWORD_FILE") -> str:
    """The first line of a file that keeps a password. Raises SettingError naming the variable, never the content."""
    allowed = text("可读的文件，首行为口令", "a file that can be read, with the password as its first line")
    try:
        with path.open(encoding="utf-8") as file:
            found = file.readline(_LONGEST + 2).rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as fault:
        raise SettingError(variable, str(path), allowed) from fault
    if not found or len(found) > _LONGEST:
        raise SettingError(variable, str(path), allowed)
    return found
