"""The answer key of a synthetic year: what must be found, from when to when, and what only looks like it.

Both frames are counted from what was planted, with thresholds written down here once more (``marks.py`` of this
package), never from the hub's own rules or code.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

import polars as pl

_MOMENT: Final = pl.Datetime("ms", "UTC")

#: One row for each span in which a matter stands. ``topic``: what was planted (``TOPICS``); ``subject`` as the matters
#: of oversight name it. ``opens_at``: when the facts that say so were known; ``closes_at``: when those were that it is
#: mended, null where it never was. ``due`` False: it follows from something else planted (an outlet that is silent also
#: transmits too little): it may be found, and need not.
KEY: Final = pl.Schema(
    {
        "topic": pl.String(),
        "subject": pl.String(),
        "division": pl.Int32(),
        "severity": pl.String(),
        "opens_at": _MOMENT,
        "closes_at": _MOMENT,
        "due": pl.Boolean(),
        "note": pl.String(),
    }
)

#: What only looks like a matter: ``topic`` that must not be found about this subject between the two moments.
INNOCENT: Final = pl.Schema(
    {
        "topic": pl.String(),
        "subject": pl.String(),
        "division": pl.Int32(),
        "from_at": _MOMENT,
        "until_at": _MOMENT,
        "note": pl.String(),
    }
)


#: Everything that is planted.
TOPICS: Final = (
    "project-behind", "project-not-started", "award-over-cap", "award-stacked", "award-paid-late", "award-other-payee",
    "award-basis", "indicator-behind", "report-missing", "monitor-silent", "publisher-silent", "outlet-effectiveness",
    "city-effectiveness", "reading-hour-over", "reading-day-over", "reading-frozen", "reading-flat", "reading-hugging",
    "reading-step",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Planted:
    """A row of KEY."""

    topic: str
    subject: str
    division: int
    severity: str
    opens_at: datetime
    closes_at: datetime | None
    note: str
    due: bool = True


@dataclass(frozen=True, slots=True)
class Innocent:
    """A row of INNOCENT."""

    topic: str
    subject: str
    division: int
    from_at: datetime
    until_at: datetime
    note: str


def key_frame(rows: Iterable[Planted]) -> pl.DataFrame:
    """The rows in the order of topic, subject and opening."""
    return _frame(rows, KEY).sort("topic", "subject", "opens_at", "severity")


def innocent_frame(rows: Iterable[Innocent]) -> pl.DataFrame:
    """The rows in the order of topic, subject and beginning."""
    return _frame(rows, INNOCENT).sort("topic", "subject", "from_at", "note")


def _frame(rows: Iterable[Planted | Innocent], schema: pl.Schema) -> pl.DataFrame:
    told = list(rows)
    columns = {name: [getattr(row, name) for row in told] for name in schema}
    moments = [name for name, kind in schema.items() if kind == _MOMENT]
    spoken = {name: pl.Datetime("us", "UTC") if name in moments else kind for name, kind in schema.items()}
    for name in moments:
        columns[name] = [None if one is None else one.astimezone(UTC) for one in columns[name]]
    return pl.DataFrame(columns, schema=spoken).cast(schema)
