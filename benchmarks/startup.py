"""Claim: ``huiliu --help`` answers in 0.3 s, and a worker of 112 topics is ready within 12 s of its start.

    python -m benchmarks.startup [--times 10] [--starts 3] [--json]

A worker is ready when an event that waited in Kafka before the worker started is a visible row: it has imported,
joined its group, been given 448 partitions, read, judged and committed. The moments before that are shown: when its
imports were done and when it had its partitions, as its log says. The limits in the same run: a Python that does
nothing, and one that imports what validates (Great Expectations) and nothing else.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from benchmarks import report
from benchmarks.mixture import mixture
from benchmarks.rig import Rig, rig
from schemas.contract import KINDS

_GOAL_HELP, _GOAL_READY = 0.3, 12.0


@dataclass(frozen=True)
class Start:
    """Median and slowest, seconds of the clock."""

    what: str
    times: int
    median: float
    slowest: float


def main() -> None:
    arguments = _arguments()
    program = str(Path(sys.executable).with_name("huiliu"))
    rows = [
        _timed("python -c pass", [sys.executable, "-c", "pass"], arguments.times),
        _timed("huiliu --help", [program, "--help"], arguments.times),
        _timed("python -c 'import great_expectations'", [sys.executable, "-c", _IMPORT], arguments.starts),
        *_workers(arguments.starts, arguments.partitions),
    ]
    by_name = {row.what: row for row in rows}
    figures = {
        "goal_help": _GOAL_HELP,
        "goal_ready": _GOAL_READY,
        "reached": by_name["huiliu --help"].median < _GOAL_HELP and by_name[_READY].slowest < _GOAL_READY,
    }
    report.tell("start-up", rows, figures, as_json=arguments.json)


_IMPORT = "import great_expectations.core, great_expectations.validator.validator"
_READY = "worker: first row visible"


def _arguments() -> argparse.Namespace:
    parser = report.parser(__doc__)
    parser.add_argument("--times", type=int, default=10, help="of the command line")
    parser.add_argument("--starts", type=int, default=3, help="of a worker")
    parser.add_argument("--partitions", type=int, default=4, help="partitions of a topic")
    return parser.parse_args()


def _timed(what: str, command: Sequence[str], times: int) -> Start:
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)  # the first one reads files that others then find
    taken = []
    for _ in range(times):
        started = time.monotonic()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        taken.append(time.monotonic() - started)
    return _start(what, taken)


def _start(what: str, taken: Sequence[float]) -> Start:
    return Start(what, len(taken), statistics.median(taken), max(taken))


def _workers(starts: int, partitions: int) -> list[Start]:
    day = mixture(1_000)
    moments: dict[str, list[float]] = {"worker: imports done": [], "worker: has its partitions": [], _READY: []}
    with rig() as hub:
        hub.publish(day.cities, KINDS, partitions)
        share = len(day.registrations) // (starts + 1)
        for number in range(starts + 1):
            hub.send(day.registrations[number * share : (number + 1) * share])
            found = _one(hub, share * (number + 1), f"worker-{number}")
            if number:  # the first one finds an empty database and cold files
                for name, seconds in zip(moments, found, strict=True):
                    moments[name].append(seconds)
    return [_start(name, taken) for name, taken in moments.items()]


def _one(hub: Rig, loaded: int, name: str) -> tuple[float, float, float]:
    """Seconds from the start of the process to imports done, partitions given, everything that waited loaded."""
    began = time.time()
    with hub.worker(name=name) as usage:
        hub.until_loaded(loaded, usage)
        visible = time.time() - began
    lines = (hub.folder / f"{name}.log").read_text(errors="replace").splitlines()
    return _said(lines, "Starting...") - began, _said(lines, "Worker ready") - began, visible


def _said(lines: Sequence[str], words: str) -> float:
    """When the worker's log first has these words, seconds of the epoch."""
    line = next(line for line in lines if words in line)
    return datetime.strptime(line[:23], "%Y-%m-%d %H:%M:%S,%f").astimezone().timestamp()


if __name__ == "__main__":
    main()
