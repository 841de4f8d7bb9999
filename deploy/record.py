"""The record that an instance leaves in its folder: who runs it, its parts and ports; what other shells go by."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from deploy.ports import Ports
from deploy.process import Identity
from huiliu.kafka import Cluster
from huiliu.private_file import private

NAME = "instance.json"


@dataclass(frozen=True)
class Record:
    """What is known of an instance that runs or ran.

    owner: the process that supervises; parts: name → process, in the order of starting; kafka: the cluster;
    ready: every part answered once; external: parts that are not ours ("broker", "database"); metrics: worker →
    host:port where it shows what it does, kept from one run to the next; gateways: gateway → URL without path;
    publishers: the door for them, None where the broker is not ours and they go where we go.
    """

    owner: Identity
    ports: Ports
    kafka: Cluster
    sockets: str
    parts: Mapping[str, Identity] = field(default_factory=dict)
    external: tuple[str, ...] = ()
    ready: bool = False
    metrics: Mapping[str, str] = field(default_factory=dict)
    gateways: Mapping[str, str] = field(default_factory=dict)
    publishers: Cluster | None = None

    def with_part(self, name: str, identity: Identity) -> Record:
        """The same with one more part."""
        return replace(self, parts={**self.parts, name: identity})

    def save(self, home: Path) -> None:
        """Write it, readable by the owner only, whole or not at all."""
        private(home / NAME, json.dumps(asdict(self), indent=1, default=str) + "\n")


def load(home: Path) -> Record | None:
    """The record in the folder, or None when there is none or it is no record."""
    try:
        content = json.loads((home / NAME).read_text(encoding="utf-8"))
        return Record(
            owner=Identity(**content["owner"]),
            ports=Ports(**content["ports"]),
            kafka=_cluster(content["kafka"]),
            sockets=content["sockets"],
            parts={name: Identity(**part) for name, part in content["parts"].items()},
            external=tuple(content["external"]),
            ready=content["ready"],
            metrics=dict(content.get("metrics", {})),
            gateways=dict(content.get("gateways", {})),
            publishers=_cluster(content["publishers"]) if content.get("publishers") else None,
        )
    except (FileNotFoundError, ValueError, KeyError, TypeError):  # a torn or foreign file says nothing
        return None


def _cluster(content: object) -> Cluster:
    """As it was saved; older versions wrote the bootstrap servers alone. Raises TypeError."""
    if isinstance(content, str):
        return Cluster(content)
    if not isinstance(content, dict):
        raise TypeError(content)
    files = {name: Path(content[name]) if content[name] else None for name in ("password_file", "ca")}
    return Cluster(**content | files)
