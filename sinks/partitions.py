"""Monthly partitions of readings, made on demand in the batch that brings the first reading of a month."""

from __future__ import annotations

import polars as pl
from sqlalchemy import Connection, text


def months(start: pl.Series) -> list[str]:
    """The Shanghai months of these times, as their first days (ISO), in order."""
    local = start.dt.convert_time_zone("Asia/Shanghai").dt.truncate("1mo").unique().sort()
    return local.dt.strftime("%Y-%m-%d").to_list()


def ensure(connection: Connection, start: pl.Series) -> None:
    """Make the partitions that readings starting at these times (Datetime UTC) go to, unless they are there."""
    wanted = months(start)
    if wanted:
        connection.execute(
            text("select make_reading_month(month) from unnest(cast(:months as date[])) month"), {"months": wanted}
        )
