"""Where each of a worker's partitions stands: fetched, loaded, and what the broker has, without asking anybody.

Fetching, committing and rebalancing say what they did (three calls for a chunk, none for a record); whoever watches
reads. What the broker has is known to the consumer from its last fetch.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from huiliu.clock import now_ms
from streams.lag import Place, Standing

_INTAKE = "intake."


class Known(NamedTuple):
    """What the consumer knows of a partition: where it reads on, where the records end, when that was told (UTC ms)."""

    position: int | None
    end: int | None
    told_ms: int


class _Part(NamedTuple):
    """Records fetched together: where they end, Kafka time of the first and the last (UTC ms)."""

    end: int
    first_ms: int
    last_ms: int


@dataclass(slots=True)
class _Place:
    loaded: int  # the ledger's next offset
    fetched: int = 0  # where the records end that were fetched
    parts: deque[_Part] = field(default_factory=deque)  # fetched, not loaded
    last_ms: int | None = None  # Kafka time of the newest loaded record, while more waits behind it
    waiting_ms: int | None = None  # when something not loaded was first seen


class Places:
    """The partitions of one worker. Any thread may call."""

    def __init__(self) -> None:
        self._places: dict[Place, _Place] = {}
        self._lock = threading.Lock()
        self.moved = 0  #: offsets loaded since the start
        self.newest_loaded_ms: int | None = None

    def assigned(self, offsets: Mapping[Any, int]) -> None:
        """These are the partitions now, and reading goes on from here."""
        with self._lock:
            self._places = {
                (place[0], place[1]): _Place(offset)
                for place, offset in offsets.items()
                if place[0].startswith(_INTAKE)
            }

    def fetched(self, records: Mapping[Any, Any]) -> None:
        """These records (``offsets`` and ``timestamps``, in offset order) were taken from the broker."""
        with self._lock:
            for place, some in records.items():
                known = self._places.get((place[0], place[1]))
                if known is not None and len(some):
                    known.fetched = int(some.offsets[-1]) + 1
                    known.parts.append(_Part(known.fetched, int(some.timestamps[0]), int(some.timestamps[-1])))

    def loaded(self, offsets: Mapping[Place, int]) -> None:
        """The ledger goes on from these offsets now."""
        with self._lock:
            for place, offset in offsets.items():
                known = self._places.get(place)
                if known is not None and offset > known.loaded:
                    self.moved += offset - known.loaded
                    known.loaded = offset
                    known.last_ms = known.waiting_ms = None
                    self._forget(known)

    def _forget(self, known: _Place) -> None:
        while known.parts and known.parts[0].end <= known.loaded:
            known.last_ms = known.parts.popleft().last_ms
            self.newest_loaded_ms = max(self.newest_loaded_ms or 0, known.last_ms)

    def standings(self, known: Mapping[Place, Known]) -> list[Standing]:
        """How far each partition is behind; those whose end is not known are left out."""
        with self._lock:
            places = dict(self._places)
            return [
                self._standing(place, one, known[place]) for place, one in places.items() if _told(known.get(place))
            ]

    @staticmethod
    def _standing(place: Place, one: _Place, known: Known) -> Standing:
        # Transaction markers take offsets and are no records: past them the consumer knows better than the ledger.
        front = one.loaded if one.fetched > one.loaded else max(one.loaded, known.position or 0)
        records = max(0, (known.end or 0) - front)
        if not records:
            one.last_ms = one.waiting_ms = None
            return Standing(place, 0)
        one.waiting_ms = one.waiting_ms or one.last_ms or now_ms()
        return Standing(place, records, one.parts[0].first_ms if one.parts else one.waiting_ms)


def _told(known: Known | None) -> bool:
    return known is not None and known.end is not None


def known_to(consumer: Any) -> dict[Place, Known] | None:
    """What Faust's consumer knows of its intake partitions; None while it takes no part in the group."""
    thread = getattr(consumer, "_thread", None)
    client = getattr(thread, "_consumer", None)
    subscription = client._subscription.subscription if client is not None else None
    assignment = subscription.assignment if subscription is not None else None
    if assignment is None or not assignment.active:
        return None
    states = ((tp, assignment.state_value(tp)) for tp in assignment.tps if tp.topic.startswith(_INTAKE))
    return {(tp.topic, tp.partition): _known(state) for tp, state in states}


def _known(state: Any) -> Known:
    end = state.lso if state.lso is not None and state.lso >= 0 else state.highwater
    return Known(state._position, end, state.timestamp or 0)
