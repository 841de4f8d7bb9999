"""The facts of the warehouse as known at a moment, for detectors."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from functools import partial

from oversight.facts import Facts, Read, given
from oversight.monitors.known import Known
from oversight.obligations.duty_files import in_use as duties_in_use
from oversight.obligations.known import pursued
from sinks import oversight_facts
from sinks.warehouse import Connection

#: Read by one statement each; what monitors report is read by :mod:`oversight.monitors.known`.
SMALL = ("project", "project_month", "award", "indicator")


def known(
    connection: Connection, moment: datetime, known_at: datetime | None = None, since: datetime | None = None
) -> Facts:
    """Every frame of ``SHAPES``, read when a detector asks for it, within the connection's transaction.

    ``known_at``: what was known by then of projects, awards and indicators, else by the moment itself.
    ``since``: monitors' hours reach back far enough to say what stood at any moment from then on.
    """
    monitors = Known(connection, moment, since)
    reads: dict[str, Read] = {
        name: partial(oversight_facts.frame, connection, name, known_at or moment) for name in SMALL
    }
    reads |= {
        "reading": monitors.reading,
        "outlet": monitors.outlet,
        "declaration": monitors.declaration,
        "arrival": monitors.arrival,
        "transmission": monitors.transmission,
        "obligation": partial(pursued, connection, duties_in_use(), moment),
    }
    return Facts(reads, partial(_by_outlets, monitors))


def _by_outlets(monitors: Known) -> Iterator[Facts]:
    for part in monitors.parts():
        frames = {"outlet": monitors.outlet(), "declaration": monitors.declaration(), "arrival": monitors.arrival()}
        yield given(reading=part, **frames)
