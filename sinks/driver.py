"""The driver below SQLAlchemy, for what only it can do: COPY, and scripts of several statements."""

from __future__ import annotations

from typing import Any

import psycopg
from sqlalchemy import Connection


def driver(connection: Connection) -> psycopg.Connection[Any]:
    """The psycopg connection inside, in the same transaction."""
    raw = connection.connection.driver_connection
    if not isinstance(raw, psycopg.Connection):
        raise TypeError(f"the warehouse speaks through psycopg 3, not {type(raw).__name__}")
    return raw
