"""Claim: a hub of 112 topics and 448 partitions costs under 5 % of one core and under 500 MB while nothing is sent.

    python -m benchmarks.idle [--seconds 60] [--events 20000] [--json]

Everything that was sent is loaded and told of before the measuring begins, so this is the memory of a worker that has
worked. Memory is the resident set as the system counts it, shared pages included; the relay's, a process beside the
worker that shares a third of its pages, stands by itself, and the processor share is of both together. Broker and
database are shown beside the worker: they are the limit, for a worker cannot make them idle more cheaply than they do
by themselves, which is measured first, before any worker starts.
"""

from __future__ import annotations

import argparse
import os
import time
from dataclasses import dataclass

import psutil

from benchmarks import report
from benchmarks.mixture import mixture
from benchmarks.rig import Rig, rig
from schemas.contract import KINDS
from sinks import outbox

_GOAL_SHARE, _GOAL_MB = 0.05, 500.0

#: What the command line of each part has in it.
_SIGNS = {
    "worker": "streams.worker",
    "relay": "streams.relay_process",
    "broker": "kafka.Kafka",
    "database": "postgres",
}

#: Seconds for caches and timers to come to rest before measuring, and of measuring broker and database alone.
_SETTLING, _ALONE = 10.0, 20.0


@dataclass(frozen=True)
class Idling:
    """Share of one core; resident and private memory in MB (10^6 bytes) at the end."""

    what: str
    seconds: float
    processor: float
    resident_mb: float
    private_mb: float


def main() -> None:
    arguments = _arguments()
    day = mixture(arguments.events)
    with rig() as hub:
        hub.publish(day.cities, KINDS, arguments.partitions)
        time.sleep(_SETTLING)
        rows = _measured(" before any worker", _ALONE)
        with hub.worker() as usage:
            hub.send(day.registrations)
            hub.until_loaded(len(day.registrations), usage)
            hub.send(day.events)
            hub.until_loaded(len(day.registrations) + len(day.events), usage)
            _told(hub)
            time.sleep(_SETTLING)
            rows += _measured("", arguments.seconds)
    worker, relay = (next(row for row in rows if row.what == name) for name in ("worker", "relay"))
    processor = worker.processor + relay.processor
    figures = {
        "topics": len(hub.topics),
        "partitions": len(hub.topics) * arguments.partitions,
        "goal_processor": _GOAL_SHARE,
        "goal_resident_mb": _GOAL_MB,
        "reached": processor < _GOAL_SHARE and worker.resident_mb < _GOAL_MB,
    }
    report.tell("idle", rows, figures, as_json=arguments.json)


def _arguments() -> argparse.Namespace:
    parser = report.parser(__doc__)
    parser.add_argument("--seconds", type=float, default=60.0, help="of measuring")
    parser.add_argument("--events", type=int, default=20_000, help="loaded before")
    parser.add_argument("--partitions", type=int, default=4, help="partitions of a topic")
    return parser.parse_args()


def _told(hub: Rig) -> None:
    """Until the relay has nothing left to tell."""
    while True:
        with hub.warehouse.read() as connection:
            if not outbox.waiting(connection):
                return
        time.sleep(0.2)


def _measured(when: str, seconds: float) -> list[Idling]:
    """What worker, broker and database use while these seconds pass."""
    parts = _parts()
    before = {name: sum(map(_processor, some)) for name, some in parts.items()}
    started = time.monotonic()
    time.sleep(seconds)
    passed = time.monotonic() - started
    return [
        Idling(
            name + when,
            passed,
            (sum(map(_processor, some)) - before[name]) / passed,
            sum(_resident(one) for one in some),
            sum(one.memory_full_info().uss / 1e6 for one in some if one.is_running()),
        )
        for name, some in parts.items()
    ]


def _parts() -> dict[str, list[psutil.Process]]:
    """The processes below this one, by what they are."""
    found: dict[str, list[psutil.Process]] = {}
    for one in psutil.Process(os.getpid()).children(recursive=True):
        command = " ".join(one.cmdline())
        for name, sign in _SIGNS.items():
            if sign in command:
                found.setdefault(name, []).append(one)
    return {name: found[name] for name in _SIGNS if name in found}


def _processor(process: psutil.Process) -> float:
    """Processor seconds; those of a process that has ended are not counted."""
    try:
        times = process.cpu_times()
    except psutil.NoSuchProcess:
        return 0.0
    return float(times.user + times.system)


def _resident(process: psutil.Process) -> float:
    try:
        return float(process.memory_info().rss / 1e6)
    except psutil.NoSuchProcess:
        return 0.0


if __name__ == "__main__":
    main()
