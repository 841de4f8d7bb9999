"""Watches one worker from a thread of its own: how far it is behind, whether it moves, whether its loop answers.

Once a second it reads what the consumer and the worker know already. The broker is asked only when the consumer has
fallen silent (no more often than every 15 seconds), because a consumer that hangs believes that nothing waits; and
every ten minutes for the topics' retention. Nothing here is waited for by whoever loads.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from kafka import KafkaAdminClient
from kafka.errors import KafkaError

from huiliu.clock import now_ms
from huiliu.kafka import Cluster
from huiliu.kafka_admin import admin
from streams import look
from streams.gauges import Snapshot
from streams.lag import Lag, Place, Retention, measure
from streams.places import Known, Places, known_to
from streams.readiness import Readiness, Seen, Verdict

logger = logging.getLogger(__name__)

#: Seconds between two looks at what the worker knows.
_TICK: Final = 1.0

#: Seconds after which what the consumer was told last is old, and between two looks at the broker.
_SILENCE: Final = 15.0

#: Seconds between two looks at the topics' retention.
_RETENTION: Final = 600.0

#: Milliseconds for the broker to answer a look.
_ANSWER_MS: Final = 5_000

#: Seconds without an answer of the event loop after which it counts as dead.
LOOP_PATIENCE: Final = 60.0


@dataclass(frozen=True)
class Watched:
    """What is watched: the consumer once there is one, how many intake topics there are, rows in the backlog."""

    consumer: Callable[[], Any]
    topics: Callable[[], int]
    backlog_rows: Callable[[], int]
    places: Places


class Watch(threading.Thread):
    """Looks once a second until it is stopped; whoever asks gets the last look."""

    def __init__(self, watched: Watched, kafka: Cluster, patience: float) -> None:
        super().__init__(name="watch", daemon=True)
        self._watched, self._kafka = watched, kafka
        self._readiness = Readiness(patience)
        self._stopping = threading.Event()
        self._broker = _Broker(kafka)
        self._loop = _Heartbeat()
        self._lag: Lag | None = None
        self._assigned = 0

    async def attach(self) -> None:
        """Tell the watch which event loop is the worker's; to be run in it."""
        self._loop.attach(asyncio.get_running_loop())

    def run(self) -> None:
        while not self._stopping.wait(_TICK):
            try:
                self.look()
            except Exception as fault:  # the watch must not end where the work goes on: /ready would tell old news
                logger.error("The watch could not look, trying again: %s", fault, exc_info=fault)

    def stop(self) -> None:
        self._stopping.set()

    def look(self) -> None:
        """One look. The verdict stays that of the last one when it fails, and gets older."""
        self._loop.ask()
        places = self._watched.places
        known = known_to(self._watched.consumer())
        told = self._broker.beside(known or {})
        standings = places.standings(told or {})
        complete = told is not None and len(standings) == len(told)
        retention = self._broker.retention({place[0] for place in known or {}})
        self._lag = measure(now_ms(), standings, retention, places.newest_loaded_ms) if standings else None
        self._assigned = len(known or {})
        records = sum(standing.records for standing in standings)
        self._readiness.see(
            time.monotonic(),
            Seen(
                member=known is not None,
                topics=self._watched.topics(),
                assigned=self._assigned,
                lag=records if complete or records else None,
                moved=places.moved,
            ),
        )

    def verdict(self) -> Verdict:
        """Whether the worker is ready now."""
        return self._readiness.verdict(time.monotonic())

    @property
    def alive(self) -> bool:
        """Whether the event loop answers: without it nothing goes on, and nothing but a new start helps."""
        return self._loop.delay < LOOP_PATIENCE

    def snapshot(self) -> Snapshot:
        return Snapshot(self.verdict(), self._assigned, self._lag, self._watched.backlog_rows(), self._loop.delay)


class _Heartbeat:
    """Asks an event loop whether it still runs."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._asked: float | None = None
        self._took = 0.0

    def attach(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop

    def ask(self) -> None:
        if self._loop is None or self._asked is not None:
            return
        self._asked = time.monotonic()
        if self._loop.is_closed():
            return  # ended: it will never answer
        self._loop.call_soon_threadsafe(self._answered)

    def _answered(self) -> None:
        if self._asked is not None:
            self._took, self._asked = time.monotonic() - self._asked, None

    @property
    def delay(self) -> float:
        """Seconds that the last answer took; while it is outstanding, the seconds waited so far if these are more."""
        asked = self._asked
        return self._took if asked is None else max(self._took, time.monotonic() - asked)


class _Broker:
    """Second opinions: where partitions end when the consumer has not been told for long, and the retention."""

    def __init__(self, kafka: Cluster) -> None:
        self._kafka = kafka
        self._ends: Mapping[Place, int] | None = {}
        self._ends_at = time.monotonic()  # a consumer that has just begun is not silent
        self._retention: dict[str, Retention] = {}
        self._retention_at = -_RETENTION

    def beside(self, known: Mapping[Place, Known]) -> dict[Place, Known] | None:
        """What the consumer knows, set right by the broker where that is old; None when neither can tell."""
        late = now_ms() - int(_SILENCE * 1000)
        old = [place for place, one in known.items() if one.told_ms < late and not _waiting(one)]
        if not old:
            return dict(known)
        if time.monotonic() - self._ends_at >= _SILENCE:
            logger.info("The consumer has heard nothing of %d partitions: the broker is asked beside it", len(old))
            self._ends = self._look("ends", lambda client: look.ends(client, old), None)
            self._ends_at = time.monotonic()
        if self._ends is None:
            return None
        ends = self._ends
        return {
            place: one._replace(end=max(one.end or 0, ends[place])) if place in ends else one
            for place, one in known.items()
        }

    def retention(self, topics: set[str]) -> Mapping[str, Retention]:
        """What Kafka keeps of these topics, as of the last look."""
        if time.monotonic() - self._retention_at >= (_RETENTION if topics <= self._retention.keys() else _SILENCE):
            self._retention_at = time.monotonic()
            if topics:
                self._retention = self._look(
                    "retention", lambda client: look.retention(client, topics), self._retention
                )
        return self._retention

    def _look(self, what: str, ask: Callable[[KafkaAdminClient], Any], otherwise: Any) -> Any:
        try:
            with admin(self._kafka, _ANSWER_MS) as client:
                return ask(client)
        except (KafkaError, OSError) as fault:
            logger.warning("The broker does not tell the %s, trying again: %s", what, fault)
            return otherwise


def _waiting(one: Known) -> bool:
    """Something waits to be fetched: the consumer asks the broker again only when it was taken."""
    return one.end is not None and one.position is not None and one.end > one.position
