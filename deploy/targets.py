"""Where the workers of an instance show what they do, as a file that Prometheus reads (``file_sd_configs``)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Final

NAME: Final = "prometheus.json"

#: Listening on every address of the machine; reached from here by loopback.
_EVERYWHERE: Final = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 (a comparison, nothing listens here)


def address(host: str, port: int) -> str:
    """host:port by which a worker that listens there is reached from this machine."""
    reached = _EVERYWHERE.get(host, host)
    return f"[{reached}]:{port}" if ":" in reached else f"{reached}:{port}"


def port_of(reached: str) -> int:
    """The port of such an address."""
    return int(reached.rpartition(":")[2])


def write(home: Path, workers: Mapping[str, str]) -> None:
    """Say which workers there are now, by their addresses; whole or not at all."""
    groups = [{"targets": [reached], "labels": {"worker": name}} for name, reached in sorted(workers.items())]
    new = home / f"{NAME}.new"
    new.write_text(json.dumps(groups, indent=1) + "\n", encoding="utf-8")
    new.replace(home / NAME)
