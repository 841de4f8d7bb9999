"""Which event may happen to a case in which state, and where it leads: the whole of it in one table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

_OPEN: Final = ("ASSIGNED", "ACKNOWLEDGED", "RECTIFYING", "REPORTED", "CHECKING")
_MENDING: Final = ("ASSIGNED", "ACKNOWLEDGED", "RECTIFYING")


@dataclass(frozen=True, slots=True)
class Transition:
    """From these states to this one; ``to`` None: the state stays. No state at all (``""``): there is no case yet."""

    states: tuple[str, ...]
    to: str | None


TRANSITIONS: Final[Mapping[str, Transition]] = {
    "FOUND": Transition(("",), "FOUND"),
    "ASSIGNED": Transition(("FOUND",), "ASSIGNED"),
    "TRANSFERRED": Transition(_OPEN, "ASSIGNED"),
    "ACKNOWLEDGED": Transition(("ASSIGNED",), "ACKNOWLEDGED"),
    "RECTIFYING": Transition(("ACKNOWLEDGED",), "RECTIFYING"),
    "REPORTED": Transition(("ACKNOWLEDGED", "RECTIFYING", "REPORTED", "CHECKING"), "REPORTED"),
    "OBJECTED": Transition(("ACKNOWLEDGED", "RECTIFYING", "REPORTED", "CHECKING"), "REPORTED"),
    "CHECKING": Transition(_OPEN, "CHECKING"),
    "RETURNED": Transition(("REPORTED", "CHECKING"), "RECTIFYING"),
    "CLOSED": Transition(("CHECKING",), "CLOSED"),
    "REOPENED": Transition(("CLOSED",), "ASSIGNED"),
    "EXTENSION_ASKED": Transition(("ACKNOWLEDGED", "RECTIFYING"), None),
    "EXTENDED": Transition(_MENDING, None),
    "EXTENSION_REFUSED": Transition(_OPEN, None),
    "ESCALATED": Transition(_OPEN, None),
    "WORSENED": Transition(_OPEN, None),
    "EASED": Transition(_OPEN, None),
}


def allowed(kind: str, state: str) -> bool:
    """Whether an event of this kind may happen in this state (``""`` before there is a case)."""
    transition = TRANSITIONS.get(kind)
    return transition is not None and state in transition.states


def leads_to(kind: str, state: str) -> str:
    """The state after an allowed event."""
    return TRANSITIONS[kind].to or state
