"""The parts an object can play: which events are sent about it, in which order, and what becomes of each.

This is what the generator intends, by the hub's stated semantics: a higher revision supersedes, the same revision with
the same content is a duplicate, a lower one stale, the same revision with other content a conflict. Nothing here asks
the hub's own code.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from huiliu.outcome import Outcome

CONFLICT: Final = "HL-CONFLICT-01"
BASE: Final = "base"  #: the event as generated
OTHER: Final = "other"  #: the same object with other values


@dataclass(frozen=True, slots=True)
class Step:
    """One event: its revision, its content (BASE, OTHER or the name of a fault), its fate."""

    revision: int
    variant: str
    outcome: Outcome
    code: str | None = None


@dataclass(frozen=True, slots=True)
class Role:
    """A sequence of events about one object. ``share`` is the share of objects that play it."""

    name: str
    share: float
    steps: tuple[Step, ...]


_FIRST = Step(1, BASE, Outcome.ACCEPTED)
CLEAN: Final = Role("clean", 0.0, (_FIRST,))  #: everybody else
LATE: Final = Role("late", 0.0, (_FIRST,))  #: clean, but sent after what follows it


def faulty(name: str, code: str, share: float) -> Role:
    """Quarantined for what its event is."""
    return Role(name, share, (Step(1, name, Outcome.QUARANTINED, code),))


def faulty_twice(name: str, code: str, share: float) -> Role:
    """The same faulty event again: judged again, quarantined again."""
    return Role(f"{name}, twice", share, (Step(1, name, Outcome.QUARANTINED, code),) * 2)


def correction_refused(name: str, code: str, share: float) -> Role:
    """A correction that is quarantined: what was known before stands."""
    return Role(f"correction refused: {name}", share, (_FIRST, Step(2, name, Outcome.QUARANTINED, code)))


def duplicates(share: float) -> tuple[Role, ...]:
    """Sent again, once or twice."""
    again = Step(1, BASE, Outcome.DUPLICATE)
    return (
        Role("duplicate", share * 0.8, (_FIRST, again)),
        Role("duplicate, twice", share * 0.1, (_FIRST, again, again)),
    )


def corrections(share: float) -> tuple[Role, ...]:
    """Superseded by a higher revision, with or without a gap, with the old or the new one sent again."""
    second = Step(2, OTHER, Outcome.CORRECTED)
    return (
        Role("corrected", share * 0.6, (_FIRST, second)),
        Role("corrected, revision skipped", share * 0.1, (_FIRST, Step(3, OTHER, Outcome.CORRECTED))),
        Role("corrected, then duplicate", share * 0.1, (_FIRST, second, Step(2, OTHER, Outcome.DUPLICATE))),
        Role("corrected, then stale", share * 0.2, (_FIRST, second, Step(1, BASE, Outcome.STALE))),
    )


def disorder(share: float) -> tuple[Role, ...]:
    """A correction that overtakes what it corrects, and two that claim the same revision."""
    return (
        Role("overtaken", share * 0.6, (Step(2, OTHER, Outcome.ACCEPTED), Step(1, BASE, Outcome.STALE))),
        Role("conflict", share * 0.4, (_FIRST, Step(1, OTHER, Outcome.QUARANTINED, CONFLICT))),
    )


def cast(events: int, roles: Sequence[Role], generator: np.random.Generator) -> npt.NDArray[np.int64]:
    """For each object the index of its role, -1 for clean, so that all steps together are exactly ``events``.

    Every role is played at least once where there are events enough for all of them ten times over.
    """
    least = 1 if events >= 10 * sum(len(role.steps) for role in roles) else 0
    counts = [max(least, round(role.share * events)) if role.share else 0 for role in roles]
    parts = np.repeat(np.arange(len(roles)), counts)
    clean = events - sum(count * len(role.steps) for count, role in zip(counts, roles, strict=True))
    if clean < 0:
        raise ValueError(f"{events} events are too few for these shares: {-clean} too many")
    everybody = np.concatenate([parts, np.full(clean, -1)])
    generator.shuffle(everybody)
    return everybody
