"""A publisher's client settings as they are handed over: librdkafka's names, one ``name=value`` a line."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from huiliu.errors import HuiliuError
from huiliu.kafka import MECHANISMS, SECURITIES, Cluster
from huiliu.language import text

FILE: Final = "kcat.conf"
REGISTRY: Final = "registry"  #: beside it: the URL of registry and HTTP gateway
_LONGEST: Final = 64 * 1024


class ClientFileError(HuiliuError):
    """A file of client settings that cannot be used; the message names what is wrong and never a secret."""


@dataclass(frozen=True)
class Client(Cluster):
    """A cluster as a publisher's client is told of it. The secret is in memory only, and never shown."""

    secret: str = field(default="", repr=False)

    def password(self) -> str:
        """The secret."""
        return self.secret


def read(path: Path, servers: str | None = None) -> Client:
    """The settings of a file, or of the ``kcat.conf`` in a folder; ``servers`` takes the place of its own.

    Raises ClientFileError.
    """
    file = path / FILE if path.is_dir() else path
    told = dict(_lines(file))
    bootstrap = servers or told.get("bootstrap.servers", "")
    security = told.get("security.protocol", "PLAINTEXT").upper()
    mechanism = told.get("sasl.mechanism", told.get("sasl.mechanisms", "SCRAM-SHA-512")).upper()
    if security not in SECURITIES or mechanism not in MECHANISMS:
        raise _wrong(file, f"security.protocol={security}, sasl.mechanism={mechanism}")
    ca = told.get("ssl.ca.location")
    values: dict[str, Any] = {"security": security, "mechanism": mechanism}
    made = Client(
        bootstrap, **values, user=told.get("sasl.username"), ca=Path(ca) if ca else None,
        secret=told.get("sasl.password", ""),
    )  # fmt: skip
    return _whole(made, file)


def registry(path: Path) -> str | None:
    """The URL of registry and HTTP gateway that was handed over with the settings, if one was."""
    file = (path if path.is_dir() else path.parent) / REGISTRY
    return file.read_text("utf-8")[:_LONGEST].strip() or None if file.is_file() else None


def given(servers: str) -> Client:
    """Servers alone, without TLS and login. Raises ClientFileError."""
    return _whole(Client(servers), None)


def _whole(client: Client, file: Path | None) -> Client:
    try:
        servers = client.servers
    except ValueError:
        servers = []
    if not servers or not all(host and 0 < port < 65_536 for host, port in servers):
        raise _wrong(file, f"bootstrap.servers={client.bootstrap}")
    if client.authenticated and not (client.user and client.secret):
        raise _wrong(file, text("缺少 sasl.username 或 sasl.password", "sasl.username or sasl.password is missing"))
    if client.ca is not None and not client.ca.is_file() and file is not None:
        beside = file.with_name(client.ca.name)  # the folder was moved since it was written
        return replace(client, ca=beside) if beside.is_file() else client
    return client


def _lines(file: Path) -> list[tuple[str, str]]:
    try:
        with file.open(encoding="utf-8") as source:
            content = source.read(_LONGEST)
    except (OSError, UnicodeDecodeError) as fault:
        raise _wrong(file, type(fault).__name__) from fault
    lines = (line.strip() for line in content.splitlines())
    pairs = (line.partition("=") for line in lines if line and not line.startswith("#"))
    return [(name.strip(), value.strip()) for name, equals, value in pairs if equals]


def _wrong(file: Path | None, what: str) -> ClientFileError:
    name = file or "--kafka"
    return ClientFileError(
        text(
            f"{name}：{what}。请给出 huiliu publisher add --into 写出的目录，或其中的 {FILE}。",
            f"{name}: {what}. Give the folder that huiliu publisher add --into wrote, or its {FILE}.",
        )
    )
