"""Claim: a million readings from Kafka to committed rows, with everything on, near the limit of the machine.

In the same run, on the same broker and database server, one after the other: the raw limit (raw_limit.py: the same
work by hand without checks, into the same tables), and a plain Faust agent (plain_faust.py) on fewer readings.

    python -m benchmarks.end_to_end [--topics 64] [--partitions 4] [--events 1000000] [--json]

``--topics 64`` are 64 counties that publish, 256 partitions of readings in all; ``--topics 1`` is one city's topic of 4
partitions. The readings have 2 % faults of all sorts, 1 % duplicates and 1 % corrections; they are sent by
confluent-kafka before the measuring begins, so all sides drain a backlog. The hub is measured from its first loaded
record to its last, with walk, jurisdiction, all rules, the Great Expectations gate, history, rollups, ledger and
quarantine; the warehouse is then held against the answer key, line by line.
"""

from __future__ import annotations

import argparse
import time

from benchmarks import plain_faust, raw_limit, report
from benchmarks.measured import Measured
from benchmarks.rig import Rig, rig
from huiliu.outcome import Outcome
from simulation.answer_key import AnswerKey, compare
from simulation.load import Load, million
from sinks import register, summary

_GOAL_SHARE, _GOAL_TIMES, _GOAL_RATE = 0.8, 12, 80_000
_CITIES = 16


def main() -> None:
    arguments = _arguments()
    load = spread(arguments.events, arguments.topics)
    with rig() as hub:
        register_outlets(hub, load, arguments.partitions)
        hub.send(load.messages)
        with hub.warehouse.batch() as connection:
            known = register.load(connection, None)
        limit = raw_limit.drain(hub, known)
        rival = plain_faust.drain(hub, arguments.faust_events)
        ours, exact = drain(hub, load)
    share = ours.events_per_second / limit.events_per_second
    times = ours.events_per_second / rival.events_per_second
    figures = {
        "topics": arguments.topics,
        "partitions": arguments.topics * arguments.partitions,
        "exact": exact,
        "share_of_raw_limit": share,
        "goal_share": _GOAL_SHARE,
        "times_plain_faust": times,
        "goal_times": _GOAL_TIMES,
        "goal_events_per_second": _GOAL_RATE,
        "reached": share >= _GOAL_SHARE and times >= _GOAL_TIMES and ours.events_per_second >= _GOAL_RATE,
    }
    report.tell("end to end", [ours, limit, rival], figures, as_json=arguments.json, kept=exact)


def _arguments() -> argparse.Namespace:
    parser = report.parser(__doc__)
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--faust-events", type=int, default=plain_faust.EVENTS, help="of these, for plain Faust")
    parser.add_argument("--topics", type=int, default=64, help="publishers, one topic of readings each; up to 104")
    parser.add_argument("--partitions", type=int, default=4, help="partitions of a topic")
    return parser.parse_args()


def spread(events: int, topics: int) -> Load:
    """A load over so many topics: cities publish while there are enough of them, else counties."""
    return million(events, cities=topics) if topics <= _CITIES else million(events, counties=topics)


def register_outlets(hub: Rig, load: Load, partitions: int) -> None:
    """Publishers, topics, and the registrations loaded by the hub itself."""
    hub.publish(load.publishers, ("registration", "reading"), partitions)
    hub.send(load.registrations)
    with hub.worker():
        hub.drain()


def drain(hub: Rig, load: Load) -> tuple[Measured, bool]:
    """Load what the broker has; and whether the warehouse then equals the answer key."""
    before = hub.loaded()
    with hub.worker() as usage:
        hub.until_loaded(before + 1, usage)
        started, first, used = time.monotonic(), hub.loaded(), usage.processor_seconds
        hub.until_loaded(before + len(load.messages), usage)
        seconds = time.monotonic() - started
        processor = usage.processor_seconds - used
    events = before + len(load.messages) - first
    measured = Measured("Huiliu, everything on", events, seconds, events / seconds, processor, usage.peak_mib)
    return measured, exact(hub, load)


def exact(hub: Rig, load: Load) -> bool:
    """Whether the warehouse holds what the answer key says, no more and no less."""
    with hub.warehouse.read() as connection:
        actual = summary.summary(connection)
    registered = AnswerKey()
    for one in load.registrations:
        registered.count("registration", one.topic.split(".")[1], Outcome.ACCEPTED)
    load.answer_key.add(registered)
    return not compare(load.answer_key, actual)


if __name__ == "__main__":
    main()
