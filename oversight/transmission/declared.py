"""Declared spans of hours: shutdowns, outages, repairs.

A declaration counts in the immediate figure when it was recorded in time, and in the completed one when it was
recorded within the repair window. Whatever its mark, it needs a document by the 10th of the next month; until then it
stands provisionally, afterwards without one it counts no more and the original comes back
(数据传输有效率考核及数据修约方法: a document by then, else the original flag is restored). A withdrawn
one counts for nothing that is computed from then on; the immediate figure is as of its own moment, so that a later
withdrawal does not reach it.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

import polars as pl

from oversight.transmission import hours
from oversight.transmission.marks import EFFECTS
from oversight.transmission.registered import KEY
from oversight.transmission.windows import MOMENT, Windows, at, documented, immediate, repaired

#: ``pollutant`` null: every factor of the outlet. ``starts`` to before ``ends``, both on the hour.
DECLARATIONS: Final = pl.Schema(
    {
        "declaration": pl.Int64(),
        "outlet": pl.Int32(),
        "pollutant": pl.Int16(),
        "mark": pl.String(),
        "starts": MOMENT,
        "ends": MOMENT,
        "recorded_at": MOMENT,
        "documented_at": MOMENT,
        "withdrawn_at": MOMENT,
    }
)


def spans(due: pl.DataFrame, declarations: pl.DataFrame) -> pl.DataFrame:
    """Every day that a declaration touches, with ``covered`` (set of hours) and what the declaration says."""
    other = declarations.rename({"pollutant": "of"})
    touched = (
        due.select(KEY).join(other, on="outlet").filter(pl.col("of").is_null() | (pl.col("of") == pl.col("pollutant")))
    )
    first = hours.since_midnight(pl.col("day"), pl.col("starts"), up=True)
    covered = hours.span(first, hours.since_midnight(pl.col("day"), pl.col("ends"), up=False))
    return touched.with_columns(covered=covered).filter(pl.col("covered") != 0)


def standing(touched: pl.DataFrame, completed: bool, as_of: datetime, windows: Windows) -> pl.DataFrame:
    """Those of ``spans`` that count in the completed or the immediate figure, as known at ``as_of``."""
    day, now = pl.col("day"), at(as_of)
    if not completed:
        moment = immediate(windows, day)
        return touched.filter((pl.col("recorded_at") <= moment) & ~(pl.col("withdrawn_at") <= moment).fill_null(False))
    recorded = pl.col("recorded_at") <= pl.min_horizontal(repaired(windows, day), now)
    kept = ~(pl.col("withdrawn_at") <= now).fill_null(False)
    return touched.filter(recorded & kept & ((now <= documented(windows, day)) | proven(as_of, windows)))


def proven(as_of: datetime, windows: Windows) -> pl.Expr:
    """Whether the document was there in time."""
    until = pl.min_horizontal(documented(windows, pl.col("day")), at(as_of))
    return (pl.col("documented_at") <= until).fill_null(False)


def sets(standing: pl.DataFrame) -> pl.DataFrame:
    """By outlet, factor and day: the hours declared away, invalid, and as standard check."""
    effect = pl.col("mark").replace_strict(EFFECTS, default="flag", return_dtype=pl.String)
    return standing.group_by(KEY).agg(
        hours.union(pl.col("covered").filter(effect == "excluded")).alias("declared_excluded"),
        hours.union(pl.col("covered").filter(effect == "invalid")).alias("declared_invalid"),
        hours.union(pl.col("covered").filter(effect == "check")).alias("declared_check"),
    )
