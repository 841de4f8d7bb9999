"""Claim: the worker's memory is flat: it does not grow over millions of events, nor with the size of the backlog.

    python -m benchmarks.memory [--events 1000000] [--topics 16] [--json]

So many events (ten million for the claim; fewer by default, to be short) twice: as a backlog, all sent before the
worker starts, and sent while it runs. The worker's resident memory is sampled ten times a second. Growth is the mean
over the last quarter of the events less the mean over the second quarter, for each million events between: the first
quarter is warming up. The peak is the highest seen. In the end the warehouse is held against the answer key.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from statistics import fmean

from benchmarks import report
from benchmarks.end_to_end import exact, register_outlets
from benchmarks.rig import Rig, rig
from benchmarks.usage import Usage
from simulation.answer_key import AnswerKey
from simulation.load import SLAB, Load, stream
from simulation.slab import Slab

#: Growth per million that an allocator's unrest can feign over a run.
_FLAT_MIB = 10.0


@dataclass(frozen=True)
class Course:
    """Resident memory of the worker over so many events."""

    how: str
    events: int
    events_per_second: float
    peak_mib: float
    second_quarter_mib: float
    last_quarter_mib: float
    growth_mib_per_million: float


def main() -> None:
    arguments = _arguments()
    slabs = max(1, arguments.events // SLAB)
    load = stream(2 * slabs * SLAB, cities=arguments.topics)
    key = AnswerKey()
    with rig() as hub:
        empty = Load(load.registrations, [], key)
        register_outlets(hub, empty, arguments.partitions)
        _send(hub, islice(load.slabs, slabs), key)
        backlog = _drained(hub, slabs * SLAB)
        sending = _while_sending(hub, load.slabs, slabs * SLAB, key)
        right = exact(hub, empty)
    courses = [backlog, sending]
    figures = {
        "exact": right,
        "goal_growth_mib_per_million": _FLAT_MIB,
        "reached": all(one.growth_mib_per_million <= _FLAT_MIB for one in courses),
    }
    report.tell("memory", courses, figures, as_json=arguments.json, kept=right)


def _arguments() -> argparse.Namespace:
    parser = report.parser(__doc__)
    parser.add_argument("--events", type=int, default=1_000_000, help="each time; 10000000 for the claim")
    parser.add_argument("--topics", type=int, default=16, help="cities that publish, one topic of readings each")
    parser.add_argument("--partitions", type=int, default=4, help="partitions of a topic")
    return parser.parse_args()


def _send(hub: Rig, slabs: Iterable[Slab], key: AnswerKey) -> None:
    for slab in slabs:
        hub.send(slab.publications())
        key.add(slab.answer_key())


def _drained(hub: Rig, events: int) -> Course:
    before = hub.loaded()
    with hub.worker() as usage:
        return _course("backlog", hub, usage, before, events)


def _while_sending(hub: Rig, slabs: Iterator[Slab], events: int, key: AnswerKey) -> Course:
    before = hub.loaded()
    with ThreadPoolExecutor(1) as beside, hub.worker() as usage:
        sent = beside.submit(_send, hub, slabs, key)
        course = _course("sent meanwhile", hub, usage, before, events)
        sent.result()
    return course


def _course(how: str, hub: Rig, usage: Usage, before: int, events: int) -> Course:
    hub.until_loaded(before + 1, usage)
    started, marks = time.monotonic(), [len(usage.memory)]
    for quarter in range(1, 5):
        hub.until_loaded(before + events * quarter // 4, usage)
        marks.append(len(usage.memory))
    seconds = time.monotonic() - started
    samples = [mib for _, mib in usage.memory]
    second, last = (fmean(samples[marks[k] : marks[k + 1]] or samples[-1:]) for k in (1, 3))
    growth = (last - second) / (events / 2e6)
    return Course(how, events, events / seconds, usage.peak_mib, second, last, growth)


if __name__ == "__main__":
    main()
