"""The project library by tier (省、市分级调度的项目库): how many projects and how much, of a region and of all.

The reply of 2021 puts it so: 514 projects in the province's yearly list, 176 of them in northern Jiangsu (34.24 %).
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

import polars as pl

from huiliu.period import Period
from oversight.facts import Facts
from oversight.mechanisms.progress import state
from oversight.region import Region, within

#: ``share``: of the projects of all divisions at that tier and programme, per cent.
LIBRARY: Final = pl.Schema(
    {
        "tier": pl.String(),
        "programme": pl.String(),
        "projects": pl.Int64(),
        "all": pl.Int64(),
        "share": pl.Float64(),
        "planned_investment": pl.Int64(),
        "cumulative_investment": pl.Int64(),
    }
)
_TIERS: Final = {"PROVINCE": 0, "CITY": 1, "COUNTY": 2}


def library(facts: Facts, period: Period, as_of: datetime, region: Region | None = None) -> pl.DataFrame:
    """``LIBRARY`` rows at the end of a period; cancelled projects are left out."""
    everything = state(facts, period, as_of).filter(pl.col("stage") != "CANCELLED")
    chosen = everything if region is None else within(everything, region)
    key = ["tier", "programme"]
    whole = everything.group_by(key).agg(all=pl.len().cast(pl.Int64))
    told = chosen.group_by(key).agg(
        projects=pl.len().cast(pl.Int64),
        planned_investment=pl.col("planned_investment").sum(),
        cumulative_investment=pl.col("cumulative_investment").sum(),
    )
    rows = whole.join(told, on=key, how="left").with_columns(
        pl.col("projects", "planned_investment", "cumulative_investment").fill_null(0)
    )
    shared = rows.with_columns(share=(100 * pl.col("projects") / pl.col("all")).round(2))
    order = pl.col("tier").replace_strict(_TIERS, return_dtype=pl.Int8)
    return shared.sort(order, "programme").select([pl.col(name).cast(kind) for name, kind in LIBRARY.items()])
