"""The facts of the warehouse as known at a moment, for detectors."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from oversight.facts import SHAPES, Facts
from sinks import oversight_facts
from sinks.warehouse import Connection


def known(connection: Connection, moment: datetime) -> Facts:
    """Every frame of ``SHAPES``, read when a detector asks for it, within the connection's transaction."""
    return Facts({name: partial(oversight_facts.frame, connection, name, moment) for name in SHAPES})
