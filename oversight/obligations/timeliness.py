"""How completely and how timely it was reported: counts and rates of states, by whatever columns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import polars as pl

WEEK: Final = 7  # days late up to which a report counts as late within a week

#: ``owed``: those that are due or answered, less the exempt. ``complete`` and ``timely``: shares of ``owed`` that were
#: answered (with data or nil), and answered in time; null where nothing is owed.
COUNTS: Final = ("owed", "on_time", "late_week", "late_more", "zero", "exempt", "missing", "contradicted")


def timeliness(states: pl.DataFrame, by: Sequence[str]) -> pl.DataFrame:
    """Counts and rates of ``STATE`` rows by these columns, in their order; nil is counted in time or late too."""
    state, late = pl.col("state"), pl.col("days_late")
    answered = state.is_in(["REPORTED", "CONFIRMED_ZERO"])
    counted = states.group_by(by).agg(
        owed=(state != "EXEMPT").sum(),
        on_time=(answered & (late == 0)).sum(),
        late_week=(answered & late.is_between(1, WEEK)).sum(),
        late_more=(answered & (late > WEEK)).sum(),
        zero=(state == "CONFIRMED_ZERO").sum(),
        exempt=(state == "EXEMPT").sum(),
        missing=(state == "MISSING").sum(),
        contradicted=pl.col("contradicted").sum(),
    )
    answered_count = pl.sum_horizontal("on_time", "late_week", "late_more")
    return counted.with_columns(
        complete=_share(answered_count, pl.col("owed")), timely=_share(pl.col("on_time"), pl.col("owed"))
    ).sort(by)


def _share(part: pl.Expr, whole: pl.Expr) -> pl.Expr:
    return pl.when(whole > 0).then(part / whole)
