"""Records that come, wait and are loaded, step by step: workers with partitions of their own on one database.

Nothing is random: the same course for the same numbers. A worker loads no faster than one worker was measured to, all
together no faster than the database takes; where that is less, most is taken from where most waits.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

_HALVINGS = 60  # of the range in which the level is looked for: exact to the last bit

Records = npt.NDArray[np.float64]  #: one number for each step


@dataclass(frozen=True)
class Service:
    """``per_worker`` and ``database`` are records per second."""

    workers: int
    partitions: int
    per_worker: float
    database: float

    def shares(self) -> Records:
        """Which part of all records goes to each worker: partitions are handed out as evenly as they go."""
        each, over = divmod(self.partitions, self.workers)
        return np.array([each + (number < over) for number in range(self.workers)], float) / self.partitions


@dataclass(frozen=True)
class Absence:
    """A worker is away in these steps and its partitions wait, as after a kill; None is all of them."""

    worker: int | None
    first: int
    end: int


@dataclass(frozen=True)
class Course:
    """What was processed in each step, and what waited after it."""

    arrived: Records
    processed: Records
    waiting: Records

    def caught_up(self, since: int) -> int | None:
        """The first step from ``since`` on after which nothing waits."""
        done = np.flatnonzero(self.waiting[since:] < 1.0)
        return since + int(done[0]) if len(done) else None


def run(
    arrivals: Sequence[float] | Records, service: Service, seconds: float, absences: Sequence[Absence] = ()
) -> Course:
    """The course of these arrivals (records in each step of so many seconds)."""
    arrived, shares = np.asarray(arrivals, float), service.shares()
    processed, waiting = np.zeros(len(arrived)), np.zeros(len(arrived))
    queues = np.zeros(service.workers)
    for step, records in enumerate(arrived):
        queues += records * shares
        able = np.full(service.workers, service.per_worker * seconds)
        for absence in absences:
            if absence.first <= step < absence.end:
                able[slice(None) if absence.worker is None else absence.worker] = 0.0
        done = _done(queues, able, service.database * seconds)
        queues = np.maximum(queues - done, 0.0)
        processed[step], waiting[step] = done.sum(), queues.sum()
    return Course(arrived, processed, waiting)


def _done(queues: Records, able: Records, database: float) -> Records:
    """What each worker loads in a step: all it can, or, where that is too much for the database, down to one level."""
    wanted = np.minimum(queues, able)
    if wanted.sum() <= database:
        return wanted
    low, high = 0.0, float(queues.max())
    for _ in range(_HALVINGS):
        level = (low + high) / 2
        if np.minimum(wanted, np.maximum(queues - level, 0.0)).sum() > database:
            low = level
        else:
            high = level
    found: Records = np.minimum(wanted, np.maximum(queues - high, 0.0))
    return found
