"""What a publisher's own Kafka client is told, ready to use: for kcat, Java, Python and Go.

One door, one user, one secret; each client spells them its own way. Written out, a folder holds them all, readable by
its owner only: what is handed over to the publisher's engineers.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from huiliu.client_file import REGISTRY
from huiliu.kafka import Cluster
from huiliu.language import text
from huiliu.private_file import private

MECHANISM: Final = "SCRAM-SHA-512"
SECRET, CA, KCAT, JAVA, PYTHON = "secret", "ca.pem", "kcat.conf", "java.properties", "kafka-python.json"


@dataclass(frozen=True)
class Client:
    """Where a publisher's client goes and who it is there. ``registry``: of schemas and HTTP gateway, a URL."""

    door: Cluster
    user: str
    registry: str | None = None

    @property
    def login(self) -> bool:
        """Whether the cluster asks who one is."""
        return self.door.authenticated

    def settings(self, secret: str) -> dict[str, Any]:
        """For each client, by the names of its own settings."""
        return {
            "kcat": self.kcat(secret),
            "java": self.java(secret),
            "python": {"confluent-kafka": self.kcat(secret), "kafka-python": self.kafka_python(secret)},
            "go": self.go(),
        }

    def kcat(self, secret: str) -> dict[str, str]:
        """Librdkafka's names: kcat -F, confluent-kafka of Python and Go, node-rdkafka."""
        told = {"bootstrap.servers": str(self.door), "security.protocol": self.door.security}
        if self.login:
            told |= {"sasl.mechanism": MECHANISM, "sasl.username": self.user, "sasl.password": secret}
        if self.door.ca is not None:
            told["ssl.ca.location"] = str(self.door.ca)
        return told

    def java(self, secret: str) -> dict[str, str]:
        """Names of Java's clients."""
        told = {"bootstrap.servers": str(self.door), "security.protocol": self.door.security}
        if self.login:
            module = "org.apache.kafka.common.security.scram.ScramLoginModule"
            told["sasl.mechanism"] = MECHANISM
            told["sasl.jaas.config"] = f'{module} required username="{self.user}" password="{secret}";'
        if self.door.ca is not None:
            told |= {"ssl.truststore.type": "PEM", "ssl.truststore.location": str(self.door.ca)}
        if self.registry is not None:
            told["schema.registry.url"] = self.registry
        return told | {"acks": "all", "enable.idempotence": "true"}

    def kafka_python(self, secret: str) -> dict[str, Any]:
        """Names of kafka-python and aiokafka (whose ssl_context takes the place of ssl_cafile)."""
        told: dict[str, Any] = {"bootstrap_servers": str(self.door), "security_protocol": self.door.security}
        if self.login:
            told |= {
                "sasl_mechanism": MECHANISM,
                "sasl_plain_username": self.user,
                "sasl_plain_password": secret,
            }
        if self.door.ca is not None:
            told["ssl_cafile"] = str(self.door.ca)
        return told

    def go(self) -> str:
        """franz-go's options; the secret is read from its file."""
        lines = [f"kgo.SeedBrokers({', '.join(json.dumps(one) for one in str(self.door).split(','))}),"]
        if self.login:
            lines.append(f'kgo.SASL(scram.Auth{{User: "{self.user}", Pass: secret}}.AsSha512Mechanism()),')
        if self.door.encrypted:
            roots = "RootCAs: pool" if self.door.ca is not None else ""
            lines.append(f"kgo.DialTLSConfig(&tls.Config{{{roots}}}),")
        return "\n".join(lines)

    def written(self, folder: Path, secret: str) -> list[Path]:
        """Write all of them into a folder of its own; returns the files. Raises OSError."""
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        told, files = self, [(SECRET, secret + "\n")]
        if self.registry is not None:
            files.append((REGISTRY, self.registry + "\n"))
        if self.door.ca is not None:
            files.append((CA, self.door.ca.read_text(encoding="ascii")))
            told = replace(self, door=replace(self.door, ca=(folder / CA).absolute()))
        head = f"# {self.user}\n"
        files += [
            (
                KCAT,
                f"# {self.user}; librdkafka 2.6.1 or newer (kcat -V): docs/guide/publishers.md\n"
                + "".join(f"{name}={value}\n" for name, value in told.kcat(secret).items()),
            ),
            (JAVA, head + "".join(f"{name}={value}\n" for name, value in told.java(secret).items())),
            (PYTHON, json.dumps(told.kafka_python(secret), indent=1) + "\n"),
        ]
        for name, content in files:
            private(folder / name, content)
        return [folder / name for name, _ in files]


def shown(client: Client, secret: str) -> list[str]:
    """The same for people to read."""
    lines = ["", "kcat, confluent-kafka, librdkafka  (kcat -F FILE)"]
    lines += [f"  {name}={value}" for name, value in client.kcat(secret).items()]
    lines += ["", "Java  (*.properties)"]
    lines += [f"  {name}={value}" for name, value in client.java(secret).items()]
    lines += ["", "Python, kafka-python"]
    lines += [f"  {name}={value!r}," for name, value in client.kafka_python(secret).items()]
    lines += ["", text("Go, franz-go（secret、pool 由口令文件与 CA 文件读入）",
                       "Go, franz-go (secret and pool read from the files of secret and CA)")]  # fmt: skip
    lines += [f"  {line}" for line in client.go().splitlines()]
    return lines
