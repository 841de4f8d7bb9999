"""How far loading is behind: in records, in time, and in hours until Kafka would delete what was not loaded. Pure.

A worker measures its own partitions, ``huiliu status`` those of the whole hub; both by this.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

#: (topic, partition)
Place = tuple[str, int]

_HOUR_MS: Final = 3_600_000


@dataclass(frozen=True, slots=True)
class Retention:
    """What Kafka keeps of each partition of a topic: milliseconds and bytes, -1 for all.

    ``record_bytes``: what a record takes in Kafka's log, on the average; None when unknown or no matter.
    """

    ms: int = -1
    bytes: int = -1
    record_bytes: float | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """One partition: records not loaded, and the Kafka time of the oldest of them (UTC ms; None when unknown)."""

    place: Place
    records: int
    oldest_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Lag:
    """How far several partitions are behind.

    ``oldest_ms``: Kafka time of the oldest event that is not loaded; ``newest_loaded_ms``: of the newest that is; UTC
    ms, None when there is none or it is not known. ``event_seconds``: since the newest loaded event while something is
    not loaded (since the oldest waiting one when nothing was loaded yet), else 0. ``until_loss_hours``: until retention
    would delete something not loaded if loading stood still from now; infinite when nothing is ever deleted.
    """

    by_topic: Mapping[str, int]
    oldest_ms: int | None
    newest_loaded_ms: int | None
    oldest_seconds: float
    event_seconds: float
    until_loss_hours: float

    @property
    def records(self) -> int:
        return sum(self.by_topic.values())


def measure(
    now_ms: int, standings: Iterable[Standing], retention: Mapping[str, Retention], newest_loaded_ms: int | None
) -> Lag:
    """Put partitions together; topics without an entry in ``retention`` are kept for ever."""
    by_topic: dict[str, int] = {}
    oldest: int | None = None
    hours = math.inf
    for one in standings:
        topic = one.place[0]
        by_topic[topic] = by_topic.get(topic, 0) + one.records
        hours = min(hours, until_loss_hours(now_ms, one, retention.get(topic, Retention())))
        if one.records and one.oldest_ms is not None:
            oldest = one.oldest_ms if oldest is None else min(oldest, one.oldest_ms)
    waiting = any(by_topic.values())
    since = newest_loaded_ms if newest_loaded_ms is not None else oldest
    return Lag(
        by_topic=by_topic,
        oldest_ms=oldest,
        newest_loaded_ms=newest_loaded_ms,
        oldest_seconds=_seconds(now_ms, oldest),
        event_seconds=_seconds(now_ms, since) if waiting else 0.0,
        until_loss_hours=hours,
    )


def until_loss_hours(now_ms: int, standing: Standing, retention: Retention) -> float:
    """Hours until the first record of a partition would be deleted before it is loaded; infinite when never.

    By time: what is left of ``retention.ms`` for the oldest waiting record, all of it when none waits. By bytes: until
    what waits fills ``retention.bytes``, at the pace at which it came; unknown, so infinite, when nothing waits.
    """
    age = 0 if standing.oldest_ms is None or not standing.records else max(0, now_ms - standing.oldest_ms)
    hours = math.inf if retention.ms < 0 else (retention.ms - age) / _HOUR_MS
    waiting = standing.records * (retention.record_bytes or 0.0)
    if retention.bytes >= 0 and waiting and age:
        hours = min(hours, age / _HOUR_MS * (retention.bytes / waiting - 1.0))
    return max(0.0, hours)


def _seconds(now_ms: int, since_ms: int | None) -> float:
    return 0.0 if since_ms is None else max(0, now_ms - since_ms) / 1000
