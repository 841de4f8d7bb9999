"""Whether a worker is ready: offsets move while something is not loaded. Pure; the clock is whoever asks.

A worker can be alive and stuck: its process runs, its session with the broker lives, and nothing is loaded. So what
counts is movement. From the first moment at which nothing is right, a clock runs; it stops when an offset moves or when
nothing is wrong any more. Past the patience the worker is not ready, until then it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Reason(StrEnum):
    """Why a worker is ready or not."""

    READY = "ready"
    STARTING = "starting"  #: it has not had its partitions yet
    NO_ASSIGNMENT = "no_assignment"  #: there are intake topics, and it has no partition of them
    STANDING_STILL = "standing_still"  #: something is not loaded, and no offset moves
    BROKER_SILENT = "broker_silent"  #: nobody can say whether something is not loaded


@dataclass(frozen=True, slots=True)
class Seen:
    """What one look found.

    ``member``: the worker takes part in the group. ``topics``: intake topics to consume; ``assigned``: intake
    partitions given to the worker. ``lag``: records not loaded, None when that is not known. ``moved``: offsets loaded
    since the start, never falling.
    """

    member: bool
    topics: int
    assigned: int
    lag: int | None
    moved: int

    @property
    def wrong(self) -> Reason | None:
        """What would make the worker not ready if it lasted."""
        if self.topics and not self.assigned:
            return Reason.NO_ASSIGNMENT
        if self.lag is None:
            return Reason.BROKER_SILENT
        return Reason.STANDING_STILL if self.lag else None


@dataclass(frozen=True, slots=True)
class Verdict:
    """``seconds``: how long nothing has been right; 0 while all is well."""

    ready: bool
    reason: Reason
    seconds: float


class Readiness:
    """Looks go in (:meth:`see`), the verdict comes out; it also changes between looks, so a watch that hangs is seen.

    :param patience: seconds for which something may be wrong.
    """

    def __init__(self, patience: float) -> None:
        self._patience = patience
        self._started = False
        self._moved = 0
        self._state: tuple[Reason, float] | None = None  # what is wrong, and since when nothing has been right

    def see(self, now: float, seen: Seen) -> None:
        """Take in one look; ``now`` is of a clock that never goes back, seconds."""
        self._started = self._started or (seen.member and (seen.assigned > 0 or not seen.topics))
        wrong, moved = seen.wrong, seen.moved > self._moved
        self._moved = max(self._moved, seen.moved)
        if wrong is None:
            self._state = None
        elif self._state is None or moved:
            self._state = wrong, now
        else:
            self._state = wrong, self._state[1]

    def verdict(self, now: float) -> Verdict:
        """Whether the worker is ready now."""
        wrong, since = self._state or (Reason.READY, now)
        seconds = max(0.0, now - since)
        if not self._started:
            return Verdict(False, Reason.STARTING, seconds)
        if seconds > self._patience:
            return Verdict(False, wrong, seconds)
        return Verdict(True, Reason.READY, seconds)
