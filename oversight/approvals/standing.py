"""Where each division stands: the fold of what was said about it, held against the cells as they are now.

Nobody sets a state and nobody reopens anything: a confirmation holds the hashes of its cells, and where a cell's hash
is another one now, that cell is open again, with the confirmations of all divisions above it. Other cells stay frozen.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

from huiliu import division as divisions
from oversight.approvals.cell import Cells, Change, changes, root, within


class Action(StrEnum):
    """What a division can say."""

    CONFIRMED = "CONFIRMED"
    ACCEPTED = "ACCEPTED"
    RETURNED = "RETURNED"


class State(StrEnum):
    """OPEN: nobody has confirmed. REOPENED: something below or within is not what was confirmed any more."""

    OPEN = "OPEN"
    CONFIRMED = "CONFIRMED"
    ACCEPTED = "ACCEPTED"
    RETURNED = "RETURNED"
    REOPENED = "REOPENED"


#: What people call the states.
WORDS: Final[Mapping[State, tuple[str, str]]] = {
    State.OPEN: ("未确认", "open"),
    State.CONFIRMED: ("已确认", "confirmed"),
    State.ACCEPTED: ("已受理", "accepted"),
    State.RETURNED: ("已退回", "returned"),
    State.REOPENED: ("因更正重开", "reopened"),
}

STANDS = (State.CONFIRMED, State.ACCEPTED)  #: states on which the division above can build


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that was said about ``division``'s figures: by the division ``by``, by the person ``actor``.

    ``number``: order of saying. ``hash``: the root of the cells that it was said of; ``cells``: these, of CONFIRMED.
    """

    number: int
    division: str
    action: Action
    by: str
    actor: str
    at: datetime
    hash: str
    cells: Cells = field(default_factory=dict)
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where a division stands now.

    ``hash``: root of its cells now; ``count``: how many; ``last``: what was said last; ``touched``: cells that are not
    as confirmed; ``waiting``: divisions directly below that do not stand.
    """

    division: str
    state: State
    hash: str
    count: int
    last: Event | None = None
    touched: tuple[Change, ...] = ()
    waiting: tuple[str, ...] = ()


def standings(tree: Mapping[str, Sequence[str]], events: Sequence[Event], cells: Cells) -> dict[str, Standing]:
    """Where every division of the tree stands, those below before those above. The order of ``events`` is no matter."""
    said = sorted(events, key=lambda event: event.number)
    found: dict[str, Standing] = {}
    for division in sorted(tree, key=lambda one: _depth(tree, one)):
        found[division] = _standing(division, tree[division], said, cells, found)
    return found


def _depth(tree: Mapping[str, Sequence[str]], division: str) -> int:
    return 1 + max((_depth(tree, child) for child in tree[division]), default=0)


def confirmation(division: str, events: Sequence[Event]) -> Event | None:
    """The last confirmation of the division."""
    mine = [event for event in events if (event.division, event.action) == (division, Action.CONFIRMED)]
    return max(mine, key=lambda event: event.number, default=None)


def _standing(
    division: str, below: Sequence[str], events: Sequence[Event], cells: Cells, found: Mapping[str, Standing]
) -> Standing:
    mine, confirmed = within(cells, division), confirmation(division, events)
    last = next((event for event in reversed(events) if event.division == division), None)
    waiting = tuple(child for child in below if found[child].state not in STANDS)
    touched = tuple(changes(confirmed.cells, mine)) if confirmed is not None else ()
    if last is None:
        state = State.OPEN
    elif last.action is Action.RETURNED:
        state = State.RETURNED
    elif confirmed is None or touched or waiting or _returned_below(division, events, confirmed):
        state = State.REOPENED
    else:
        state = State(last.action.value)
    if divisions.level(division) == "province" and below:
        accepted = all(found[child].state is State.ACCEPTED for child in below)
        state = State.ACCEPTED if accepted else State.OPEN
        waiting = tuple(child for child in below if found[child].state is not State.ACCEPTED)
    return Standing(
        division=division,
        state=state,
        hash=root(mine),
        count=len(mine),
        last=last,
        touched=touched,
        waiting=waiting,
    )


def _returned_below(division: str, events: Sequence[Event], confirmed: Event) -> bool:
    """Whether something below was sent back since: confirmed again there, it has to be confirmed again here."""
    return any(
        event.action is Action.RETURNED and event.number > confirmed.number and event.division != division
        for event in events
        if divisions.within(event.division, division)
    )
