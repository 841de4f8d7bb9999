"""What detectors of monitors read: hours by ranges of outlets, and in which hours publishers were heard of."""

from __future__ import annotations

from datetime import datetime

import polars as pl
from sqlalchemy import Connection

from sinks.fetch import fetch
from sinks.queries import query


def readings(connection: Connection, since: datetime, moment: datetime, first: int, last: int) -> pl.DataFrame:
    """Hours of outlets numbered ``first`` to ``last`` that began from ``since`` on, as known at ``moment``; sorted.

    ``outlet``, ``pollutant``, ``start``, ``received_at``, ``value``, ``limit_value``, ``valid``, ``calibrating``,
    ``revision``: some 50 bytes a row, and while they are fetched five times as much.
    """
    asked = {"since": since, "moment": moment, "first": first, "last": last}
    return fetch(connection, query("monitor_facts", "reading"), asked).sort("outlet", "pollutant", "start")


def arrivals(connection: Connection, since: datetime, moment: datetime) -> pl.DataFrame:
    """``publisher``, ``kind``, ``at``: the ends of the hours in which chunks of them were loaded."""
    return fetch(connection, query("monitor_facts", "arrival"), {"since": since, "moment": moment})
