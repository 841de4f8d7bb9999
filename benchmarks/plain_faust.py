"""The rival: a plain Faust worker on the same broker, topics and database server (faust_agent.py is the agent).

It takes from the same backlog, into a database of its own with the hub's schema, durable as the hub's. It is measured
from its first upserted batch to the batch that reaches ``events``, as the hub is from its first loaded record.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from datetime import datetime
from typing import IO
from zoneinfo import ZoneInfo

import polars as pl

from benchmarks.measured import Measured
from benchmarks.rig import BenchmarkError, Rig
from benchmarks.usage import Usage, watched
from sinks import partitions
from sinks.warehouse import Warehouse

#: Enough for some seconds of a steady pace.
EVENTS = 40_000
_PATIENCE = 90.0
_MONTHS = [datetime(2025, month, 15, tzinfo=ZoneInfo("UTC")) for month in range(5, 13)]


def drain(rig: Rig, events: int = EVENTS) -> Measured:
    """Let it load so many of the readings that the broker has."""
    database = rig.another_database("plain_faust")
    warehouse = Warehouse(database)
    warehouse.migrate()
    with warehouse.batch() as connection:
        partitions.ensure(connection, pl.Series("start", _MONTHS, pl.Datetime("ms", "UTC")))
    warehouse.close()
    told = {
        **rig.endpoints.kafka.environ(),
        "DATABASE": database,
        "REGISTER": rig.endpoints.database,
        "TOPICS": ",".join(topic for topic in rig.topics if topic.endswith(".reading")),
    }
    with (rig.folder / "faust.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "faust", "-A", "benchmarks.faust_agent", "--datadir", str(rig.folder / "faust"),
             "worker", "-l", "warn", "--without-web"],
            env={**os.environ, **told}, stdout=subprocess.PIPE, stderr=log, text=True,
        )  # fmt: skip
        late = threading.Timer(_PATIENCE, process.kill)
        late.start()
        try:
            with watched(process.pid) as usage:
                return _measured(rig, process.stdout, usage, events)
        finally:
            late.cancel()
            process.kill()
            process.wait(60)


def _measured(rig: Rig, told: IO[str] | None, usage: Usage, events: int) -> Measured:
    first: tuple[int, float, float] | None = None
    for line in told or ():
        if not line.startswith("upserted "):
            continue  # Faust greets
        seen, moment = int(line.split()[1]), float(line.split()[2])
        if first is None:
            first = seen, moment, usage.processor_seconds
        if seen - first[0] >= events:
            seconds = moment - first[1]
            processor = usage.processor_seconds - first[2]
            number = seen - first[0]
            return Measured("plain Faust: a few checks", number, seconds, number / seconds, processor, usage.peak_mib)
    raise BenchmarkError(f"plain Faust loaded too little:\n{rig.log('faust')}")
