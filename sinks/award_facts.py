"""Projects and awards as they were known at a moment, for the award policies and the mechanisms of project tracking.

Codes of divisions are Int32, amounts Int64 fen, days Date, times Datetime("ms", "UTC").
"""

from __future__ import annotations

from datetime import datetime

import polars as pl
from sqlalchemy import Connection

from sinks.fetch import fetch
from sinks.queries import query


def projects(connection: Connection, as_of: datetime, project: str | None = None) -> pl.DataFrame:
    """One row for each project; the columns are those of table ``project``."""
    return fetch(connection, query("award_facts", "projects"), {"as_of": as_of, "project": project})


def awards(connection: Connection, as_of: datetime, project: str | None = None) -> pl.DataFrame:
    """One row for each award; the columns are those of table ``award``."""
    return fetch(connection, query("award_facts", "awards"), {"as_of": as_of, "project": project})
