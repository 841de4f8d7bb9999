"""What a worker's gauges show: made from the last look when somebody asks, so that nothing stays that is no more."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from streams.lag import Lag
from streams.metrics import NAMED
from streams.readiness import Verdict


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One look at the worker; ``lag`` None as long as nothing is known. Times in seconds."""

    verdict: Verdict
    assigned: int
    lag: Lag | None
    backlog_rows: int
    loop_delay: float


class Gauges(Collector):
    """Every gauge of the table, from the snapshot that ``snapshot`` gives."""

    def __init__(self, snapshot: Callable[[], Snapshot]) -> None:
        self._snapshot = snapshot

    def describe(self) -> list[GaugeMetricFamily]:
        """The names, without looking."""
        return [_family(name) for name, metric in NAMED.items() if metric.type == "gauge"]

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """The values; what is not known is absent."""
        now = self._snapshot()
        values: dict[str, float | None] = {
            "huiliu_ready": float(now.verdict.ready),
            "huiliu_standing_still_seconds": now.verdict.seconds,
            "huiliu_assigned_partitions": now.assigned,
            "huiliu_backlog_rows": now.backlog_rows,
            "huiliu_loop_delay_seconds": now.loop_delay,
        }
        if now.lag is not None:
            yield _by_topic(now.lag)
            values |= _of(now.lag)
        for name, value in values.items():
            if value is not None:
                family = _family(name)
                family.add_metric([], value)
                yield family


def _of(lag: Lag) -> dict[str, float | None]:
    return {
        "huiliu_lag_event_seconds": lag.event_seconds,
        "huiliu_loaded_timestamp_seconds": _unix(lag.newest_loaded_ms),
        "huiliu_oldest_unprocessed_timestamp_seconds": _unix(lag.oldest_ms),
        "huiliu_oldest_unprocessed_seconds": lag.oldest_seconds,
        "huiliu_until_loss_hours": lag.until_loss_hours,
    }


def _by_topic(lag: Lag) -> GaugeMetricFamily:
    family = _family("huiliu_lag_records")
    for topic, records in sorted(lag.by_topic.items()):
        family.add_metric([topic], records)
    return family


def _family(name: str) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, NAMED[name].en, labels=NAMED[name].labels)


def _unix(moment_ms: int | None) -> float | None:
    return None if moment_ms is None else moment_ms / 1000
