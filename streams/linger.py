"""How long events wait for more of their kind before they are judged and committed together.

Great Expectations, the compiled rules and the database's statements cost about the same for ten rows of a kind as for a
thousand: some tens of milliseconds a kind, whatever it holds. So a kind that trickles waits, the longer the more the
kinds that wait with it cost, so that all of them together take no more than a fifth of the time, but never longer than
a second. A kind of which many rows are there does not wait beyond the setting.

Kinds go one after the other, first the one whose events have waited longest together, but one that has waited a second
before any: a batch holds up whatever comes next for as long as it takes, and one of all kinds takes seven times as
long. What others are judged by is not left behind: registrations go with readings, projects with awards.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

#: From so many rows on waiting saves little: what rows cost by themselves is more than what a kind costs.
PLENTY: Final = 150

#: The share of the time that trickling kinds may take together, and the longest that any waits for more, seconds.
SHARE: Final = 0.2
LONGEST: Final = 1.0

#: What a kind is judged by: goes with it.
REFERRED: Final[Mapping[str, str]] = {"award": "project", "reading": "registration"}


class Waiting(NamedTuple):
    """What is there of one kind: rows, and since when the oldest of them has been waiting (monotonic seconds)."""

    rows: int
    since: float


def due(waiting: Mapping[str, Waiting], cost: float, linger: float) -> dict[str, float]:
    """For each kind that waits the moment at which it has waited long enough.

    ``cost`` is what a kind costs in a batch, in seconds; ``linger`` the shortest wait.
    """
    patience = longest(sum(map(_trickles, waiting.values())), cost, linger)
    return {kind: one.since + (patience if _trickles(one) else linger) for kind, one in waiting.items()}


def longest(kinds: int, cost: float, linger: float) -> float:
    """Seconds that so many trickling kinds wait, so that they take no more than their share of the time."""
    return max(linger, min(LONGEST, kinds * cost / SHARE))


def going(waiting: Mapping[str, Waiting], cost: float, linger: float, now: float) -> frozenset[str]:
    """The kind that goes now, and what it is judged by; none while none has waited long enough."""
    moments = due(waiting, cost, linger)
    ripe = {kind: waiting[kind] for kind, moment in moments.items() if moment <= now}
    if not ripe:
        return frozenset()
    first = max(ripe, key=lambda kind: _urgency(ripe[kind], now))
    return frozenset({first, REFERRED.get(first, first)} & waiting.keys())


def _urgency(one: Waiting, now: float) -> tuple[bool, float]:
    """Whether a kind has waited the longest, then how long its events have waited together (seconds)."""
    waited = now - one.since
    return waited >= LONGEST, waited if waited >= LONGEST else waited * one.rows


def _trickles(one: Waiting) -> bool:
    return one.rows < PLENTY
