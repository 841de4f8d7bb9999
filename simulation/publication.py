"""What a publisher sends: one Kafka record."""

from __future__ import annotations

from typing import NamedTuple


class Publication(NamedTuple):
    """One record to send. ``value`` None is a tombstone; ``timestamp_ms`` is when the event was reported, UTC ms."""

    topic: str
    key: bytes
    value: bytes | None
    timestamp_ms: int
