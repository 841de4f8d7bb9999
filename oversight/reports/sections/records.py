"""What became of the records that each city sent in the period (报送质量): loaded, corrected, rejected."""

from __future__ import annotations

from typing import Any, Final

import polars as pl

from huiliu import division as divisions
from oversight.reports.facts import Facts
from oversight.reports.making import CITY, CITY_NAME, RANK, less, rows, share, total
from oversight.reports.ranking import beside, rank, with_names
from oversight.reports.section import Column, Section

COUNTS: Final = ("received", "accepted", "corrected", "duplicate", "stale", "quarantined")
COLUMNS: Final = (
    CITY,
    CITY_NAME,
    RANK,
    Column("received", "收到", "count", "本期处理的记录数"),
    Column("accepted", "入库", "count"),
    Column("corrected", "更正入库", "count", "取代了先前报送的记录数"),
    Column("duplicate", "重复", "count"),
    Column("stale", "过时", "count", "修订号低于已入库的记录数"),
    Column("quarantined", "退回", "count", "进入隔离区的记录数"),
    Column("share", "一次合格率", "share", "1 − 退回 ÷ 收到"),
    Column("points", "较上期", "points", "一次合格率之差，百分点"),
)


def section(now: Facts, before: Facts) -> Section:
    """By the city of the publisher. Every record counts once: loaded + duplicate + stale + quarantined = received."""
    if now.records.is_empty():
        return Section("records", "报送质量", absent="本期没有处理过报送记录")
    figures, former = counted(now.records), counted(before.records)
    told = beside(figures, former, "share").with_columns(points=pl.col("share") - pl.col("share_before"))
    whole: dict[str, Any] = {name: int(figures[name].sum()) for name in COUNTS}
    whole["share"] = _passed(whole["received"], whole["quarantined"])
    then = _passed(int(former["received"].sum()), int(former["quarantined"].sum()))
    return Section(
        "records",
        "报送质量",
        columns=COLUMNS,
        rows=rows(with_names(told, now.period.last.year), COLUMNS),
        total=total(COLUMNS, {**whole, "points": less(whole["share"], then)}),
        notes=("按处理时间归入本期；收到 = 入库 + 更正入库 + 重复 + 过时 + 退回。",),
        control=tuple(
            (f"{row['city']} 收到", row["received"], sum(row[name] for name in COUNTS[1:]))
            for row in figures.iter_rows(named=True)
        ),
        opening={str(city): f"huiliu submissions --as {city}" for city in figures["city"]},
    )


def _passed(received: int, quarantined: int) -> float | None:
    return share(received - quarantined, received)


def counted(records: pl.DataFrame) -> pl.DataFrame:
    """By city, sorted: the counts, the share that passed and its rank; records of no division are left out."""
    placed = records.drop_nulls("division").with_columns(
        city=pl.col("division").map_elements(_city, return_dtype=pl.String)
    )
    summed = placed.group_by("city").agg(pl.col(COUNTS).sum().cast(pl.Int64)).sort("city")
    passed = (pl.col("received") - pl.col("quarantined")) / pl.col("received")
    return summed.with_columns(share=pl.when(pl.col("received") > 0).then(passed)).with_columns(rank("share"))


def _city(code: str) -> str:
    return divisions.city_of(code) if divisions.known(code) else code
