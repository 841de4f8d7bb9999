"""Sending at a fixed rate, and seeing when what was sent becomes visible."""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, Self

import numpy as np
import psycopg
from confluent_kafka import Producer

from benchmarks.rig import BenchmarkError
from huiliu.kafka import Cluster
from simulation.publication import Publication

Place = tuple[str, int]  #: topic, partition

_EVERY = 0.01  # seconds between two looks at the ledger


class Sent(NamedTuple):
    """An event that the broker has, and when it was due to be sent (monotonic seconds)."""

    topic: str
    partition: int
    offset: int
    due: float


class Sender:
    """An open loop: each event goes out when it is due, however long those before it take."""

    def __init__(self, kafka: Cluster) -> None:
        self.sent: list[Sent] = []  #: in the order in which they were due, once ``send`` returns
        self.stop = threading.Event()
        self._producer = Producer({**kafka.librdkafka(), "acks": "all", "linger.ms": 5})

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._producer.flush(30)

    def send(self, events: Sequence[Publication], rate: float) -> None:
        """Send all at this rate; returns when the broker has them, or ``stop`` is set. Raises BenchmarkError."""
        found: list[Sent | None] = [None] * len(events)
        started = time.monotonic() + 0.1
        number = 0
        while number < len(events) and not self.stop.is_set():
            due = min(len(events), int((time.monotonic() - started) * rate) + 1)
            for place in range(number, max(number, due)):
                one = events[place]
                told = _telling(found, place, started + place / rate)
                self._producer.produce(one.topic, one.value, key=one.key, on_delivery=told)
            number = max(number, due)
            self._producer.poll(0)
            time.sleep(0.001)
        if self._producer.flush(30):
            raise BenchmarkError("not everything was delivered within 30 s")
        self.sent = [one for one in found if one is not None]

    def ends(self) -> dict[Place, int]:
        """By partition the offset after the last one that was sent."""
        ends: dict[Place, int] = {}
        for one in self.sent:
            ends[one.topic, one.partition] = max(ends.get((one.topic, one.partition), 0), one.offset + 1)
        return ends


def _telling(found: list[Sent | None], place: int, due: float) -> Any:
    def told(fault: Any, message: Any) -> None:
        if fault is None:
            found[place] = Sent(message.topic(), message.partition(), message.offset(), due)

    return told


class Arrivals:
    """A session of its own that looks every 10 ms how far the ledger is: never early, late by one look at the most."""

    def __init__(self, database: str) -> None:
        self._database = database
        self._seen: defaultdict[Place, list[tuple[float, int]]] = defaultdict(list)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._look, name="arrivals")

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _look(self) -> None:
        known: dict[Place, int] = {}
        with psycopg.connect(self._database, autocommit=True) as connection:
            while not self._stop.wait(_EVERY):
                rows = connection.execute("select topic, partition, next_offset from intake", prepare=True).fetchall()
                now = time.monotonic()
                for topic, partition, offset in rows:
                    if known.get((topic, partition)) != offset:
                        known[topic, partition] = offset
                        self._seen[topic, partition].append((now, offset))

    def until(self, ends: Mapping[Place, int], patience: float) -> None:
        """Until all these partitions are loaded up to there. Raises BenchmarkError."""
        deadline = time.monotonic() + patience
        while any(not self._seen[place] or self._seen[place][-1][1] < end for place, end in ends.items()):
            if time.monotonic() > deadline or not self._thread.is_alive():
                raise BenchmarkError(f"not everything was visible {patience:.0f} s after it was sent")
            time.sleep(0.05)

    def waits(self, sent: Sequence[Sent]) -> np.ndarray:
        """Seconds from due to visible, of each event in the order given."""
        by_place: defaultdict[Place, list[int]] = defaultdict(list)
        for number, one in enumerate(sent):
            by_place[one.topic, one.partition].append(number)
        waits = np.empty(len(sent))
        for place, numbers in by_place.items():
            moments, reached = (np.array(column) for column in zip(*self._seen[place], strict=True))
            offsets = np.array([sent[number].offset for number in numbers])
            due = np.array([sent[number].due for number in numbers])
            waits[numbers] = moments[np.searchsorted(reached, offsets, side="right")] - due
        return waits
