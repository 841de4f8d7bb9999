"""The doors of the embedded broker, each with a lock.

- HUB, on loopback: the hub's own processes. They prove who they are by SCRAM and are not encrypted: nothing leaves the
  machine, and encrypting would cost the hub's own path a third of its speed.
- CONTROLLER, on loopback: the node talking to itself, by a password of its own settings file. It cannot be SCRAM: the
  credentials are kept behind this very door.
- PUBLISHERS: TLS and SCRAM. What a publisher may do is decided topic by topic (:mod:`deploy.access`).

Nobody is let in anywhere without a name, and a name without a rule may do nothing. The hub's user alone is not asked.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from huiliu.kafka import Cluster, read_password
from huiliu.private_file import private

HUB_USER: Final = "hub"

#: What a publisher's connection may live on without proving again who it is, ms: with a new secret the old one is worth
#: nothing a minute later. Proving it costs the broker a few hashes; the many iterations are the client's.
REAUTHENTICATION_MS: Final = 50_000

MOST_CONNECTIONS: Final = 4_000
CONNECTIONS_A_SECOND: Final = 100  #: each costs the broker a TLS handshake, about a millisecond

_SCRAM, _PLAIN = "SCRAM-SHA-512", "PLAIN"
_MODULES: Final = "org.apache.kafka.common.security"
_AUTHORIZER: Final = "org.apache.kafka.metadata.authorizer.StandardAuthorizer"


@dataclass(frozen=True)
class Listeners:
    """Ports of the doors, and what opens them.

    host: how publishers reach the broker; a name other than the loopback's makes that door listen on all addresses.
    keystore: the server's key and certificates, PEM. password_file: that of the hub's user.
    """

    hub: int
    controller: int
    publishers: int
    host: str
    keystore: Path
    password_file: Path

    def settings(self) -> dict[str, str | int | Path]:
        """Their part of server.properties: it holds a password."""
        login = self._login()
        bound = "127.0.0.1" if on_loopback(self.host) else ""
        scram = f"{_MODULES}.scram.ScramLoginModule required;"
        return {
            "listeners": f"HUB://127.0.0.1:{self.hub},CONTROLLER://127.0.0.1:{self.controller},"
            f"PUBLISHERS://{bound}:{self.publishers}",
            "advertised.listeners": f"HUB://127.0.0.1:{self.hub},PUBLISHERS://{bracketed(self.host)}:{self.publishers}",
            "listener.security.protocol.map": "HUB:SASL_PLAINTEXT,CONTROLLER:SASL_PLAINTEXT,PUBLISHERS:SASL_SSL",
            "controller.listener.names": "CONTROLLER",
            "inter.broker.listener.name": "HUB",
            "sasl.mechanism.inter.broker.protocol": _PLAIN,
            "sasl.mechanism.controller.protocol": _PLAIN,
            "listener.name.hub.sasl.enabled.mechanisms": f"{_PLAIN},{_SCRAM}",
            "listener.name.hub.plain.sasl.jaas.config": login,
            "listener.name.hub.scram-sha-512.sasl.jaas.config": scram,
            "listener.name.controller.sasl.enabled.mechanisms": _PLAIN,
            "listener.name.controller.plain.sasl.jaas.config": login,
            "listener.name.publishers.sasl.enabled.mechanisms": _SCRAM,
            "listener.name.publishers.scram-sha-512.sasl.jaas.config": scram,
            "listener.name.publishers.connections.max.reauth.ms": REAUTHENTICATION_MS,
            # Somebody who opens connections without end takes them from other publishers, not from the hub.
            "listener.name.publishers.max.connections": MOST_CONNECTIONS,
            "listener.name.publishers.max.connection.creation.rate": CONNECTIONS_A_SECOND,
            "listener.name.publishers.ssl.keystore.type": "PEM",
            "listener.name.publishers.ssl.keystore.location": self.keystore,
            "authorizer.class.name": _AUTHORIZER,
            "super.users": f"User:{HUB_USER}",
            "allow.everyone.if.no.acl.found": "false",
        }

    def fingerprint(self) -> str:
        """Tells one password of the hub's user from another, and nothing else about it."""
        return hashlib.sha256(read_password(self.password_file).encode()).hexdigest()

    def _login(self) -> str:
        password = read_password(self.password_file)
        return (
            f"{_MODULES}.plain.PlainLoginModule required "
            f'username="{HUB_USER}" password="{password}" user_{HUB_USER}="{password}";'
        )


def hub(port: int, password_file: Path) -> Cluster:
    """How the hub's own processes reach the embedded broker."""
    return Cluster(f"127.0.0.1:{port}", "SASL_PLAINTEXT", HUB_USER, password_file, mechanism="SCRAM-SHA-512")


def publishers(host: str, port: int, ca: Path | None) -> Cluster:
    """How publishers reach it, each under its own name."""
    return Cluster(f"{bracketed(host)}:{port}", "SASL_SSL", ca=ca)


def on_loopback(host: str) -> bool:
    """Whether the name means this machine only."""
    return host in ("localhost", "::1") or host.startswith("127.")


def bracketed(host: str) -> str:
    """As a host stands before a port."""
    return f"[{host}]" if ":" in host else host


def known_at(marker: Path, fingerprint: str) -> bool:
    """Whether the broker was told this password of the hub's user before."""
    return marker.exists() and marker.read_text(encoding="ascii") == fingerprint


def remember(marker: Path, fingerprint: str) -> None:
    """The broker has been told."""
    private(marker, fingerprint)
