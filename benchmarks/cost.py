"""What one record costs: read from what the benchmarks measured, ``docs/measured/<name>.json``."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

MEASURED = Path(__file__).parents[1] / "docs" / "measured"


@dataclass(frozen=True)
class Cost:
    """Processor seconds and bytes of one record; ``rate`` is what one worker loads, records per second.

    ``log`` is in one copy of Kafka's log; ``facts``, ``index``, ``history`` and ``others`` are in the database; ``wal``
    is written for a record whose index page is in the log already; ``archive`` is in Parquet.
    """

    worker: float
    broker: float
    database: float
    rate: float
    log: float
    facts: float
    index: float
    history: float
    others: float
    wal: float
    archive: float
    stall: float
    pair: float

    @property
    def stored(self) -> float:
        """Bytes in the database, one copy."""
        return self.facts + self.index + self.history + self.others

    @property
    def all_parts(self) -> float:
        """Processor seconds of all parts."""
        return self.worker + self.broker + self.database


def measured(name: str, folder: Path = MEASURED) -> dict[str, Any]:
    """What ``python -m benchmarks.<name> --json`` said last."""
    found: dict[str, Any] = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
    return found


def cost(workers: Mapping[str, Any]) -> Cost:
    """From benchmarks.workers. The rate of one worker is what one was measured to load.

    Broker and database took their part of the same two cores meanwhile, so it is no less where these have machines of
    their own.
    """
    one, size = workers["rows"][0], workers["bytes_per_event"]
    return Cost(
        worker=one["workers_cpu"] / 1e6,
        broker=one["broker_cpu"] / 1e6,
        database=(one["database_cpu"] + one["upkeep_cpu"]) / 1e6,
        rate=one["events_per_second"],
        log=size["log"],
        facts=size["facts"],
        index=size["facts_index"],
        history=size["history"],
        others=size["others"],
        wal=size["wal"],
        archive=size["archive"],
        stall=max(one["stall"] for one in workers["exchanges"]),
        pair=workers["two_beside_one"],
    )
