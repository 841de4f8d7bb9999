"""The timer of a stage, and the count of what was committed: what changes where the work is done.

Costs two clock readings and three additions for each batch and stage, nothing for a record.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from types import TracebackType
from typing import Final, Self

from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector

from huiliu.outcome import Outcome
from schemas.topics import parse_intake
from sinks.ledger import Entry, Head
from streams.metrics import NAMED, STAGES

REGISTRY: Final = CollectorRegistry()
ProcessCollector(registry=REGISTRY)

_SECONDS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
_ROWS: Final = (1, 10, 100, 1_000, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 1_000_000)


def _counter(name: str) -> Counter:
    return Counter(name, NAMED[name].en, NAMED[name].labels, registry=REGISTRY)


def _histogram(name: str, buckets: Sequence[float]) -> Histogram:
    return Histogram(name, NAMED[name].en, NAMED[name].labels, registry=REGISTRY, buckets=buckets)


_MINUTE, _HOUR, _DAY = 60, 3_600, 86_400
_LONG: Final = (_MINUTE, 10 * _MINUTE, _HOUR, 4 * _HOUR, _DAY, 3 * _DAY, 7 * _DAY, 14 * _DAY, 30 * _DAY, 90 * _DAY)

_RECORDS: Final = _counter("huiliu_records_total")
_GAPS: Final = _counter("huiliu_gaps_total")
_CORRECTIONS: Final = _histogram("huiliu_correction_seconds", _LONG)


class _Measures:
    """The four measures of one stage, looked up once."""

    _seconds: Final = _histogram("huiliu_stage_seconds", _SECONDS)
    _batch: Final = _histogram("huiliu_stage_batch_rows", _ROWS)
    _rows: Final = _counter("huiliu_stage_rows_total")
    _failures: Final = _counter("huiliu_stage_failures_total")

    def __init__(self, stage: str) -> None:
        self.seconds, self.batch = self._seconds.labels(stage), self._batch.labels(stage)
        self.rows, self.failures = self._rows.labels(stage), self._failures.labels(stage)


_MEASURES: Final = {stage.name: _Measures(stage.name) for stage in STAGES}


class Stage:
    """``with Stage("decode", rows):`` measures one batch in one stage.

    A stage that raises counts as a failure, one without rows does not count.
    """

    __slots__ = ("_began", "_measures", "_rows")

    def __init__(self, name: str, rows: int) -> None:
        self._measures, self._rows = _MEASURES[name], rows

    def __enter__(self) -> Self:
        self._began = time.perf_counter()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        _observe(self._measures, self._rows, time.perf_counter() - self._began if kind is None else None)


def observe(name: str, rows: int, seconds: float | None) -> None:
    """What a stage took for a batch in another process; None: it failed."""
    _observe(_MEASURES[name], rows, seconds)


def _observe(measures: _Measures, rows: int, seconds: float | None) -> None:
    if seconds is None:
        measures.failures.inc()
    elif rows:
        measures.seconds.observe(seconds)
        measures.batch.observe(rows)
        measures.rows.inc(rows)


_OUTCOMES: Final = tuple(outcome.name.lower() for outcome in Outcome if outcome is not Outcome.GAP)


def committed(heads: Mapping[tuple[str, int], Head], entries: Iterable[Entry]) -> None:
    """Count what a committed batch did: the ledger's own figures."""
    topics = {head.intake: head.topic for head in heads.values()}
    for entry in entries:
        parsed = parse_intake(topics[entry.intake])
        kind = parsed.kind if parsed else ""
        for outcome in _OUTCOMES:
            if count := getattr(entry, outcome):
                _RECORDS.labels(kind, outcome).inc(count)
        if entry.gaps:
            _GAPS.labels(kind).inc(entry.gaps)


def corrected(closed: Iterable[tuple[str, float]]) -> None:
    """Count the rejected records that a committed batch corrected: kind, and seconds from rejection to correction."""
    for kind, seconds in closed:
        _CORRECTIONS.labels(kind).observe(seconds)
