"""The life of one object of the small kinds: report after report, each a revision, with what goes wrong between."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np

from huiliu.outcome import Outcome
from simulation.faults import Fault
from simulation.mangling import MANGLES
from simulation.roles import CONFLICT
from simulation.sent import Sent

Event = dict[str, Any]
#: What a fault changes in an event; None where it cannot be done to this event.
Change = Callable[[Mapping[str, Any], Mapping[str, Any] | None], Event | None]

Faults = Sequence[tuple[Fault, Change | None]]  #: with None the bytes are mangled

_MINUTE: Final = 60_000


@dataclass(frozen=True, slots=True)
class Disturbance:
    """How much goes wrong: shares of the reports of a kind."""

    faulty: float = 0.02
    again: float = 0.01  #: of each of duplicate, stale and (half of it) conflict


@dataclass(slots=True)
class Life:
    """One object, by its publisher and natural key. Feed it its true reports in order; it gives what is sent."""

    kind: str
    city: str
    key: tuple[str, ...]
    faults: Faults
    other: Event  #: content that makes a report a conflict with itself
    former: Event | None = field(default=None)

    def report(self, event: Event, generator: np.random.Generator, share: Disturbance) -> Iterator[Sent]:
        """The report, perhaps with a refused attempt before it, and a repetition, an old one or a conflict after it."""
        if generator.random() < share.faulty:
            yield from self._attempt(event, generator)
        former, self.former = self.former, event
        yield self._sent(event, Outcome.ACCEPTED if former is None else Outcome.CORRECTED)
        chance = float(generator.random()) / max(share.again, 1e-9)
        if chance < 1:
            yield self._sent(_again(event), Outcome.DUPLICATE)
        elif chance < 2 and former is not None:
            yield self._sent(_again(former), Outcome.STALE)
        elif 2 <= chance < 2.5:
            yield self._sent(_again(event | self.other), Outcome.QUARANTINED, CONFLICT)

    def _attempt(self, event: Event, generator: np.random.Generator) -> Iterator[Sent]:
        """A refused report; one in eight is sent a second time, and refused again."""
        weights = np.array([fault.weight for fault, _ in self.faults])
        fault, change = self.faults[int(generator.choice(len(weights), p=weights / weights.sum()))]
        changed = {} if change is None else change(event, self.former)
        if changed is None:
            return
        mangle = fault.name if change is None else None
        refused = self._sent(event | changed, Outcome.QUARANTINED, fault.code, mangle)
        yield refused
        if generator.random() < 0.125:
            yield refused

    def _sent(self, event: Event, outcome: Outcome, code: str | None = None, mangle: str | None = None) -> Sent:
        return Sent(self.kind, self.city, self.key, event, outcome, code, mangle)


def _again(event: Event) -> Event:
    """The same again, a minute later, under no reference: neither is content."""
    return event | {"reported_at": event["reported_at"] + _MINUTE, "source_ref": None}


def by_bytes(faults: Sequence[Fault]) -> list[tuple[Fault, Change | None]]:
    """Faults of the bytes, for any kind."""
    return [(fault, None) for fault in faults if fault.name in MANGLES]


def by_content(faults: Sequence[Fault], changes: Mapping[str, Change]) -> list[tuple[Fault, Change | None]]:
    """Faults of what an event says, with what they change."""
    return [(fault, changes[fault.name]) for fault in faults]


def elsewhere(division: str) -> str:
    """A county of another city than this division's."""
    return "340202" if division.startswith("3401") else "340102"


def outside(event: Mapping[str, Any], _: Mapping[str, Any] | None) -> Event:
    """The division of another publisher."""
    return {"division": elsewhere(event["division"])}


def broken_check(code: str) -> str:
    """A credit code with another last character."""
    return code[:-1] + ("0" if code[-1] != "0" else "1")
