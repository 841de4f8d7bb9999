"""What an instance is doing, as another shell can see it: from its record, its processes and its ports."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from deploy import record, targets
from deploy.ports import is_open
from huiliu.settings import Settings


@dataclass(frozen=True)
class PartState:
    """One part: pid and port where it has one; external parts are not ours and have no pid.

    metrics: URL of a worker's /metrics, /ready and /live, without path. address: URL of a gateway, without path.
    """

    name: str
    pid: int | None
    port: int | None
    alive: bool
    external: bool = False
    metrics: str | None = None
    address: str | None = None


@dataclass(frozen=True)
class State:
    """running: an owner supervises it; ready: and every part answered once and is alive. address: without password.

    publishers: the embedded broker's door for them.
    """

    home: Path
    running: bool
    ready: bool
    owner: int | None
    kafka: str | None
    address: str | None
    publishers: str | None
    parts: tuple[PartState, ...] = field(default=())


def look(settings: Settings) -> State:
    """Look at the instance of the home folder and at the external parts that settings name."""
    known = record.load(settings.home)
    running = known is not None and known.owner.alive()
    parts = _parts(known, settings) if known is not None and running else _external(settings)
    kafka = settings.cluster or (known.kafka if known and running else None)
    address = _without_password(settings.database) if settings.database else None
    if address is None and known is not None and running:
        address = f"127.0.0.1:{known.ports.database}/huiliu"
    return State(
        home=settings.home,
        running=running,
        ready=running and known is not None and known.ready and all(part.alive for part in parts),
        owner=known.owner.pid if known is not None and running else None,
        kafka=str(kafka) if kafka else None,
        address=address,
        publishers=str(known.publishers) if known and running and known.publishers else None,
        parts=tuple(parts),
    )


def _parts(known: record.Record, settings: Settings) -> list[PartState]:
    ports = {"broker": known.ports.broker, "database": known.ports.database}
    ports |= {name: targets.port_of(url) for name, url in known.gateways.items()}
    metrics = {name: f"http://{address}" for name, address in known.metrics.items()}
    ours = [
        PartState(
            name,
            identity.pid,
            ports.get(name),
            identity.alive(),
            metrics=metrics.get(name),
            address=known.gateways.get(name),
        )
        for name, identity in sorted(known.parts.items(), key=lambda item: (item[0].startswith("worker-"), item[0]))
    ]
    return _external(settings) + ours


def _external(settings: Settings) -> list[PartState]:
    found = []
    if settings.cluster:
        servers = settings.cluster.servers
        reached = [is_open(port, host) for host, port in servers]
        found.append(PartState("broker", None, servers[0][1], any(reached), external=True))
    if settings.database:
        address = urlsplit(settings.database)
        port_number = address.port or 5432
        # A database that is only reached by a socket folder has no host to knock at: nothing is claimed to be wrong.
        there = not address.hostname or is_open(port_number, address.hostname)
        found.append(PartState("database", None, port_number, there, external=True))
    return found


def _without_password(url: str) -> str:
    address = urlsplit(url)
    return f"{address.hostname or ''}:{address.port or 5432}{address.path}"
