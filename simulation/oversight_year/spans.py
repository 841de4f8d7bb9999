"""Spans of time from what was so at moments: when something began to stand, how grave it became, when it ended."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

_RANK: Final = {"NOTICE": 0, "YELLOW": 1, "RED": 2}


@dataclass(slots=True)
class Span:
    """It stood from ``opens_at`` to before ``closes_at`` (None: to the end), at its gravest with this severity."""

    opens_at: datetime
    closes_at: datetime | None
    severity: str


def spans(states: Iterable[tuple[datetime, str | None]]) -> Iterator[Span]:
    """From moments in order, each with the severity that holds from then on, or None where nothing does."""
    current: Span | None = None
    for at, severity in states:
        if current is not None and severity is None:
            current.closes_at = at
            yield current
            current = None
        elif severity is not None and current is None:
            current = Span(at, None, severity)
        elif severity is not None and current is not None and _RANK[severity] > _RANK[current.severity]:
            current.severity = severity
    if current is not None:
        yield current
