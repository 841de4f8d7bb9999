"""Projects (重点项目): how many each city follows and how far their investment has come, ranked.

A project counts with what was last told of it for a month up to the period's end. Cancelled ones are left out.
"""

from __future__ import annotations

from typing import Any, Final

import polars as pl

from oversight.reports.facts import Controls, Facts
from oversight.reports.making import CITY, CITY_NAME, PLACES, RANK, less, rows, share, total
from oversight.reports.ranking import beside, rank, with_names
from oversight.reports.section import Column, Section

COLUMNS: Final = (
    CITY,
    CITY_NAME,
    RANK,
    PLACES,
    Column("projects", "项目", "count", "期末在库项目数（取消的除外）"),
    Column("started", "已开工", "count", "开工、在建、竣工、投产的项目数"),
    Column("stopped", "停工", "count", "停工的项目数"),
    Column("told", "本期报送", "count", "有本期月份报送的项目数"),
    Column("planned", "计划总投资", "fen", "计划投资合计"),
    Column("cumulative", "累计完成投资", "fen", "累计完成投资合计"),
    Column("share", "投资完成率", "share", "累计完成投资 ÷ 计划总投资"),
    Column("points", "较上期", "points", "投资完成率之差，百分点"),
    Column("added", "本期完成投资", "fen", "累计完成投资与上期末之差"),
)
STARTED: Final = ("STARTED", "BUILDING", "COMPLETED", "PRODUCING")


def section(now: Facts, before: Facts, controls: Controls | None = None) -> Section:
    """By city; the share is of sums, not a mean of shares."""
    alive = _alive(now.projects)
    if alive.is_empty():
        return Section("projects", "重点项目进展", absent="期末没有报送的项目")
    first = now.period.first.strftime("%Y-%m")
    figures, former = counted(alive, first), counted(_alive(before.projects), before.period.first.strftime("%Y-%m"))
    told = beside(figures, former, "cumulative", "share", "rank").with_columns(
        points=pl.col("share") - pl.col("share_before"),
        places=pl.col("rank_before") - pl.col("rank"),
        added=pl.col("cumulative") - pl.col("cumulative_before").fill_null(0),
    )
    return Section(
        "projects",
        "重点项目进展",
        columns=COLUMNS,
        rows=rows(with_names(told, now.period.last.year), COLUMNS),
        total=total(COLUMNS, _whole(figures, former)),
        notes=("按投资完成率排名；金额为报送数，快照以分计。",),
        opening={
            str(city): f"huiliu rollup project --city {city} --from {first} --to {now.period.last:%Y-%m} --limit 0"
            for city in told["city"]
        },
        control=() if controls is None else _control(now.projects, controls.projects),
    )


def _alive(projects: pl.DataFrame) -> pl.DataFrame:
    return projects.filter(pl.col("stage") != "CANCELLED")


def counted(projects: pl.DataFrame, first_month: str) -> pl.DataFrame:
    """By city: counts, amounts in fen, the share of investment done and its rank."""
    return (
        projects.group_by("city")
        .agg(
            projects=pl.len().cast(pl.Int64),
            started=pl.col("stage").is_in(STARTED).sum().cast(pl.Int64),
            stopped=(pl.col("stage") == "STOPPED").sum().cast(pl.Int64),
            told=(pl.col("month") >= first_month).sum().cast(pl.Int64),
            planned=pl.col("planned_investment").sum(),
            cumulative=pl.col("cumulative_investment").sum(),
        )
        .sort("city")
        .with_columns(share=pl.when(pl.col("planned") > 0).then(pl.col("cumulative") / pl.col("planned")))
        .with_columns(rank("share"))
    )


def _whole(figures: pl.DataFrame, former: pl.DataFrame) -> dict[str, Any]:
    names = ("projects", "started", "stopped", "told", "planned", "cumulative")
    whole: dict[str, Any] = {name: int(figures[name].sum()) for name in names}
    then = {name: int(former[name].sum()) for name in ("planned", "cumulative")}
    whole["share"] = share(whole["cumulative"], whole["planned"])
    whole["points"] = less(whole["share"], share(then["cumulative"], then["planned"]))
    return {**whole, "added": whole["cumulative"] - then["cumulative"]}


def _control(projects: pl.DataFrame, facts: pl.DataFrame) -> tuple[tuple[str, int, int], ...]:
    added = projects.group_by("city").agg(
        projects=pl.len().cast(pl.Int64), planned=pl.col("planned_investment").sum(),
        cumulative=pl.col("cumulative_investment").sum(),
    )  # fmt: skip
    paired = added.join(facts, on="city", how="full", coalesce=True, suffix="_facts").fill_null(0).sort("city")
    said = (("projects", "项目（含取消）"), ("planned", "计划总投资 分"), ("cumulative", "累计完成投资 分"))
    return tuple(
        (f"{row['city']} {words}", row[name], row[f"{name}_facts"])
        for row in paired.iter_rows(named=True)
        for name, words in said
    )
