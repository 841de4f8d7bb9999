"""What every Faust app of the hub is set to, and why.

- ``topic_disable_leader``, no tables: who gets which partition is :mod:`streams.membership`'s, never Faust's own way of
  assigning, which workers cannot join that do without;
- ``stream_wait_empty`` off: on a rebalance nothing waits for what is in flight, what comes twice changes nothing;
- no web server, no autodiscovery: metrics and readiness are served beside Faust (:mod:`streams.watch`), not by it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from huiliu.kafka import Cluster
from huiliu.settings import Settings
from streams.credentials import credentials
from streams.membership import HEARTBEAT


def faust_settings(kafka: Cluster, folder: Path, settings: Settings) -> dict[str, Any]:
    """Arguments of ``faust.App``; ``folder`` is the app's own."""
    return {
        "broker": ";".join(f"kafka://{server}" for server in kafka.bootstrap.split(",")),
        "broker_credentials": credentials(kafka),
        "datadir": str(folder),
        "store": "memory://",
        "autodiscover": False,
        "web_enabled": False,
        "topic_disable_leader": True,
        "topic_allow_declare": False,
        "stream_wait_empty": False,
        "stream_recovery_delay": 0.0,
        "broker_commit_interval": 3.0,
        "broker_session_timeout": float(settings.session_seconds),
        "broker_heartbeat_interval": HEARTBEAT,
        "consumer_auto_offset_reset": "earliest",
    }
