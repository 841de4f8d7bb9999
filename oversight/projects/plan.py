"""Where a project should be by its own plan: progress in proportion to time from planned start to planned completion.

Reported progress is that at the end of the month reported, so it is held against the plan at that moment (or at
``as_of``, while that month still runs): a late report is a matter of its own, not one of progress.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

import polars as pl

from oversight.found import day_start, moment

#: Stages at which progress is owed: work is in hand, or should be. One in reserve owes none yet; one that is complete,
#: in production or cancelled owes none any more.
OWING: Final = ("PRELIMINARY", "STARTED", "BUILDING", "STOPPED")


def against_plan(months: pl.DataFrame, as_of: datetime) -> pl.DataFrame:
    """Reports of projects that owe progress and have a plan, with ``reached``, ``planned`` (%) and ``behind`` (points).

    ``months``: one row per project and month. ``reached``: the moment (UTC) that the report speaks of. Without planned
    start and completion, or with a completion not after the start, there is no plan to be behind of.
    """
    month_end = (pl.col("month") + "-01").str.to_date("%Y-%m-%d", strict=False).dt.offset_by("1mo")
    start, end = day_start(pl.col("planned_start")), day_start(pl.col("planned_completion") + pl.duration(days=1))
    reached = pl.min_horizontal(day_start(month_end), moment(as_of))
    share = (pl.col("reached") - start).dt.total_milliseconds() / (end - start).dt.total_milliseconds()
    return (
        months.filter(pl.col("stage").is_in(OWING) & (pl.col("planned_completion") > pl.col("planned_start")))
        .with_columns(reached=reached)
        .with_columns(planned=(share.clip(0.0, 1.0) * 100).round(2))
        .with_columns(behind=(pl.col("planned") - pl.col("progress")).round(2))
        .drop_nulls("reached")
        .sort("project_code", "month")
    )
