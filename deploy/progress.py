"""How long waits report themselves to whoever shows them: a bar in a terminal, or nobody."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Called from any thread whenever a step moves on.

    step: stable name of the wait ("jars", "broker", "postgres", …); label: what is going on, in the reader's language;
    done, total: position in any unit, both 0 when the length is not known, done == total > 0 when the step is over.
    """

    def __call__(self, step: str, label: str, done: int = 0, total: int = 0) -> None:
        """Take note of the step's position."""


def silent(step: str, label: str, done: int = 0, total: int = 0) -> None:
    """Report to nobody."""
