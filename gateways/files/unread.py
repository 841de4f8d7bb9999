"""A cell that cannot be read: under which rule, what was expected, and what was probably meant."""

from __future__ import annotations

from typing import Final, NamedTuple

CELL: Final = "FL-CELL-01"
DAMAGED: Final = "FL-DAMAGED-01"
TOTAL: Final = "FL-TOTAL-01"
MERGED: Final = "FL-MERGED-01"
HIDDEN: Final = "FL-HIDDEN-01"
SHAPE: Final = "FL-ROW-01"


class Unread(NamedTuple):
    """Why a cell has no value for its field."""

    value: str
    expected: str
    suggestion: str | None = None
    code: str = CELL


def cannot(text: str, expected: str, suggestion: str | None = None) -> Unread:
    """A cell that is not what its field takes."""
    return Unread(text, expected, suggestion)
