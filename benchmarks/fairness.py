"""Claim: while one publisher floods at full speed, another's p99 at most doubles.

    python -m benchmarks.fairness [--rate 400] [--seconds 8] [--flood 800000] [--json]

Two cities publish. One of them sends readings at a fixed rate, from due to visible row as in latency.py: first with
the hub quiet, then while another city sends as fast as librdkafka goes, from a process of its own, more than the hub
can load in that time. Both measurements are the hub's own limit for each other: the goal is their ratio. What the
flood loaded meanwhile is shown beside, so that fairness is not had by not loading it.
"""

from __future__ import annotations

import argparse
import multiprocessing
import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks import report
from benchmarks.pace import Arrivals, Sender
from benchmarks.rig import Rig, rig, send
from simulation.load import Load, million
from simulation.publication import Publication

_GOAL_RATIO = 2.0
_WARMING = 3.0

#: How long the last quiet event may take while the flood goes on, seconds.
_PATIENCE = 120.0


@dataclass(frozen=True)
class Quiet:
    """Latency of the quiet city in seconds, and what the flooding one had loaded meanwhile."""

    what: str
    events: int
    p50: float
    p99: float
    maximum: float
    flood_loaded: int
    flood_per_second: float


def main() -> None:
    arguments = _arguments()
    events = int(arguments.rate * (arguments.seconds + _WARMING))
    load = million(2 * arguments.flood, cities=2, faulty=0.0, duplicates=0.0, corrections=0.0)
    (city, mine), (flooding_city, flood) = _by_city(load)
    with rig() as hub:
        hub.publish(load.publishers, ("registration", "reading"), 4)
        with hub.worker() as usage:
            hub.send(load.registrations)
            hub.until_loaded(len(load.registrations), usage)
            rows = [_measured(hub, "quiet hub", mine[:events], arguments.rate, flooding_city)]
            flooding = multiprocessing.get_context("fork").Process(target=send, args=(hub.endpoints.kafka, flood))
            flooding.start()
            try:
                time.sleep(_WARMING)
                rows.append(
                    _measured(hub, "while another floods", mine[events : 2 * events], arguments.rate, flooding_city)
                )
            finally:
                flooding.join()
    before, during = rows
    ratio = during.p99 / before.p99
    left = len(flood) - before.flood_loaded - during.flood_loaded
    figures = {
        "publisher": city,
        "flooding": flooding_city,
        "flood_left_at_the_end": left,
        "p99_ratio": ratio,
        "goal_ratio": _GOAL_RATIO,
        "reached": ratio <= _GOAL_RATIO,
    }
    report.tell("fairness", rows, figures, as_json=arguments.json)


def _arguments() -> argparse.Namespace:
    parser = report.parser(__doc__)
    parser.add_argument("--rate", type=int, default=400, help="events a second of the quiet city")
    parser.add_argument("--seconds", type=float, default=8.0, help="of measuring, each time")
    parser.add_argument("--flood", type=int, default=800_000, help="events that the other city sends")
    return parser.parse_args()


def _by_city(load: Load) -> list[tuple[str, list[Publication]]]:
    by_city: dict[str, list[Publication]] = {}
    for one in load.messages:
        by_city.setdefault(one.topic.split(".")[1], []).append(one)
    return sorted(by_city.items())


def _measured(hub: Rig, what: str, events: Sequence[Publication], rate: int, flooding: str) -> Quiet:
    with Arrivals(hub.endpoints.database) as arrivals, Sender(hub.endpoints.kafka) as sender:
        before, started = _loaded(hub, flooding), time.monotonic()
        sender.send(events, rate)
        arrivals.until(sender.ends(), _PATIENCE)
        loaded, passed = _loaded(hub, flooding) - before, time.monotonic() - started
        waits = arrivals.waits(sender.sent)[int(rate * _WARMING) :]
    p50, p99 = np.percentile(waits, [50, 99]).tolist()
    return Quiet(what, len(waits), p50, p99, float(waits.max()), loaded, loaded / passed)


def _loaded(hub: Rig, city: str) -> int:
    return hub.loaded_by_topic().get(f"intake.{city}.reading", 0)


if __name__ == "__main__":
    main()
