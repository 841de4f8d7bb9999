"""Facts for oversight, as the warehouse knew them at a moment: one named statement per frame."""

from __future__ import annotations

from datetime import datetime

import polars as pl

from sinks.fetch import fetch
from sinks.queries import query
from sinks.warehouse import Connection


def frame(connection: Connection, name: str, moment: datetime) -> pl.DataFrame:
    """The frame of this name (``queries/oversight_facts.sql``), whatever came after the moment left out."""
    return fetch(connection, query("oversight_facts", name), {"moment": moment})
