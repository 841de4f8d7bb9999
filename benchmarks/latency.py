"""Claim: from sending to a visible row p50 is under 400 ms and p99 under 1.5 s, at 2,000 events/s over 112 topics.

    python -m benchmarks.latency [--rates 500 2000 8000] [--seconds 20] [--json]

Sixteen cities publish all seven kinds (112 topics, 448 partitions), readings by far the most, all of them valid. Events
are sent at a fixed rate whatever the hub does, and the latency of each counts from the moment it was due, not from
when the sender got round to it: what waits behind a stall is counted with all its waiting.

An event is visible when another session, polling every 10 ms, sees the ledger's next offset of its partition beyond its
own offset: the ledger moves in the transaction that writes the event's row, so whoever sees the one sees the other.
That every event then is a row, once, is counted at the end.

The limit, in the same run before the hub's worker starts: the same sender at the goal's rate over as many partitions, a
librdkafka consumer, and for whatever it has one commit of one row.
"""

from __future__ import annotations

import argparse
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import psycopg
from confluent_kafka import Consumer, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic

from benchmarks import report
from benchmarks.mixture import Mixture, mixture
from benchmarks.pace import Arrivals, Sender
from benchmarks.rig import Rig, rig
from benchmarks.usage import Usage
from huiliu.kafka import Cluster
from schemas.contract import KINDS
from simulation.publication import Publication
from sinks import summary

_GOAL_RATE, _GOAL_P50, _GOAL_P99 = 2_000, 0.4, 1.5
_LIMIT_TOPIC, _LIMIT_SECONDS = "limit", 10.0

#: Seconds of sending before the measured ones, at each rate: plans and caches are warm. The limit comes first, and
#: with it the broker's first load: for some twenty seconds compiling its code takes more than what it does.
_WARMING = 5.0
_COMPILING = 25.0

#: How long the last event may take to be visible, seconds.
_PATIENCE = 60.0


@dataclass(frozen=True)
class Latency:
    """Seconds from due to visible. ``processor`` is the share of one core that the hub's worker used."""

    what: str
    events_per_second: int
    events: int
    p50: float
    p90: float
    p99: float
    maximum: float
    processor: float


def main() -> None:
    arguments = _arguments()
    seconds = arguments.seconds + _WARMING
    day = mixture(max(int(seconds * sum(arguments.rates)) + 1, int(_GOAL_RATE * (_LIMIT_SECONDS + _COMPILING))))
    with rig() as hub:
        rows = [_limit(hub, day, arguments.partitions)]
        hub.publish(day.cities, KINDS, arguments.partitions)
        with hub.worker() as usage:
            hub.send(day.registrations)
            hub.until_loaded(len(day.registrations), usage)
            events, sent = iter(day.events), 0
            for rate in arguments.rates:
                part = [next(events) for _ in range(int(rate * seconds))]
                rows.append(_at(hub, usage, part, rate))
                sent += len(part)
        exact = _exact(hub, day, sent)
    goal = next((row for row in rows[1:] if row.events_per_second == _GOAL_RATE), None)
    figures = {
        "exact": exact,
        "goal_events_per_second": _GOAL_RATE,
        "goal_p50": _GOAL_P50,
        "goal_p99": _GOAL_P99,
        "reached": goal is not None and goal.p50 < _GOAL_P50 and goal.p99 < _GOAL_P99,
    }
    report.tell("latency", rows, figures, as_json=arguments.json, kept=exact)


def _arguments() -> argparse.Namespace:
    parser = report.parser(__doc__)
    parser.add_argument("--rates", type=int, nargs="+", default=[500, 2_000, 8_000], help="events a second, in turn")
    parser.add_argument("--seconds", type=float, default=20.0, help="of measuring at each rate")
    parser.add_argument("--partitions", type=int, default=4, help="partitions of a topic")
    return parser.parse_args()


def _at(hub: Rig, usage: Usage, events: Sequence[Publication], rate: int) -> Latency:
    """Send at this rate, and wait until all is visible."""
    with Arrivals(hub.endpoints.database) as arrivals, Sender(hub.endpoints.kafka) as sender:
        used, started = usage.processor_seconds, time.monotonic()
        sender.send(events, rate)
        processor = (usage.processor_seconds - used) / (time.monotonic() - started)
        arrivals.until(sender.ends(), _PATIENCE)
        waits = arrivals.waits(sender.sent)[int(rate * _WARMING) :]
    return _latency("Huiliu: due to visible row", rate, waits, processor)


def _latency(what: str, rate: int, waits: np.ndarray, processor: float) -> Latency:
    p50, p90, p99 = np.percentile(waits, [50, 90, 99]).tolist()
    return Latency(what, rate, len(waits), p50, p90, p99, float(waits.max()), processor)


def _limit(hub: Rig, day: Mixture, partitions: int) -> Latency:
    """A consumer and one commit for whatever it has, over one topic with as many partitions."""
    places = len(day.cities) * len(KINDS) * partitions
    _make(hub.endpoints.kafka, places)
    size = int(_GOAL_RATE * (_LIMIT_SECONDS + _COMPILING))
    events = [one._replace(topic=_LIMIT_TOPIC) for one in day.events[:size]]
    seen: list[tuple[float, list[tuple[int, int]]]] = []
    stop = threading.Event()
    thread = threading.Thread(target=_consume, args=(hub, places, seen, stop))
    thread.start()
    try:
        warming = int(_GOAL_RATE * _COMPILING)
        for part in (events[:warming], events[warming:]):
            before = _seen(seen)
            with Sender(hub.endpoints.kafka) as sender:
                sender.send(part, _GOAL_RATE)
            _until(lambda: _seen(seen) >= before + len(part))  # noqa: B023 (waited for here)
    finally:
        stop.set()
        thread.join()
    visible = {place: moment for moment, some in seen for place in some}
    waits = np.array([visible[place.partition, place.offset] - place.due for place in sender.sent])
    return _latency("limit: consumer and one commit", _GOAL_RATE, waits, 0.0)


def _seen(seen: Sequence[tuple[float, list[tuple[int, int]]]]) -> int:
    return sum(len(some) for _, some in seen)


def _consume(hub: Rig, places: int, seen: list[Any], stop: threading.Event) -> None:
    consumer = Consumer({**hub.endpoints.kafka.librdkafka(), "group.id": "limit", "enable.auto.commit": False})
    consumer.assign([TopicPartition(_LIMIT_TOPIC, number, 0) for number in range(places)])
    with psycopg.connect(hub.endpoints.database, autocommit=True) as connection:
        connection.execute("create table limit_reached (records bigint)")
        connection.execute("insert into limit_reached values (0)")
        while not stop.is_set():
            records = [one for one in consumer.consume(1_000, timeout=0.005) if one.error() is None]
            if records:
                connection.execute("update limit_reached set records = records + %s", [len(records)])
                seen.append((time.monotonic(), [(one.partition(), one.offset()) for one in records]))
        connection.execute("drop table limit_reached")
    consumer.close()


def _make(kafka: Cluster, places: int) -> None:
    admin = AdminClient({**kafka.librdkafka()})
    admin.create_topics([NewTopic(_LIMIT_TOPIC, num_partitions=places)])[_LIMIT_TOPIC].result(30)


def _until(condition: Any) -> None:
    deadline = time.monotonic() + _PATIENCE
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"not everything was seen within {_PATIENCE:.0f} s")
        time.sleep(0.05)


def _exact(hub: Rig, day: Mixture, sent: int) -> bool:
    """Whether everything that was sent was loaded, nothing refused, nothing twice."""
    with hub.warehouse.read() as connection:
        totals = summary.summary(connection)["totals"]
    expected = len(day.registrations) + sent
    return bool(totals["received"] == expected == totals["accepted"] + totals["corrected"])


if __name__ == "__main__":
    main()
