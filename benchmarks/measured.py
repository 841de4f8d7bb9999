"""One side of a comparison of throughput."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Measured:
    """Processor seconds and peak memory (MiB) are of the measured process itself, not of broker and database."""

    what: str
    events: int
    seconds: float
    events_per_second: float
    processor_seconds: float
    peak_mib: float
