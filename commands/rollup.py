"""huiliu rollup: the province's figures, with their units and how fresh and complete they are."""

from __future__ import annotations

import json
from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any

import polars as pl
import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from commands import arguments, rollup_upkeep
from commands.arguments import AsJson
from commands.figures import COLUMNS, GROUP_NAMES, PeriodKind, city_code, code, heading, measured, named, stamp, written
from commands.warehouse import reading
from deploy.endpoints import resolve
from huiliu.language import text
from huiliu.settings import Settings
from sinks import figures
from sinks.figures import Freshness

app = arguments.group()
app.command("rebuild", help=text("由事实重建汇总", "write the rollups anew from the facts"))(rollup_upkeep.rebuild)
app.command("fold", help=text("合并各处理进程的分片", "add up what several workers left apart"))(rollup_upkeep.fold)

City = Annotated[str | None, typer.Option("--city", help=text("市（区划代码）", "city, a division code"))]
First = Annotated[str | None, typer.Option("--from", help=text("自（含）", "from, included"))]
Last = Annotated[str | None, typer.Option("--to", help=text("至（含）", "to, included"))]
Limit = Annotated[
    int, typer.Option("--limit", min=0, help=text("最多多少行，0 为全部", "so many rows at most; 0 for all"))
]


class By(StrEnum):
    """Over which time readings are added up."""

    DAY = "day"
    MONTH = "month"


@app.command("reading", help=text("监测：市×因子×日或月", "readings: city × factor × day or month"))
def rollup_reading(
    city: City = None,
    pollutant: Annotated[str | None, typer.Option(help=text("监测因子编码", "factor code"))] = None,
    period: Annotated[
        PeriodKind | None, typer.Option(help=text("数据类型", "period kind"), case_sensitive=False)
    ] = None,
    by: Annotated[By, typer.Option("--by", help=text("按日或按月", "by day or by month"))] = By.DAY,
    first: First = None,
    last: Last = None,
    limit: Limit = 50,
    as_json: AsJson = False,
) -> None:
    """Count, valid, mean, maximum, cumulative mass and exceedances."""
    chosen = {"city": city and city_code(city), "pollutant": pollutant, "period": period and period.value}
    tell("reading", chosen, first, last, limit, as_json, by)


@app.command("project", help=text("项目：市×专项×阶段×月", "projects: city × programme × stage × month"))
def rollup_project(
    city: City = None,
    programme: Annotated[str | None, typer.Option(help=text("专项", "programme"))] = None,
    stage: Annotated[str | None, typer.Option(help=text("阶段", "stage"))] = None,
    first: First = None,
    last: Last = None,
    limit: Limit = 50,
    as_json: AsJson = False,
) -> None:
    """Projects, planned and cumulative investment."""
    chosen = {"city": city and city_code(city), "programme": programme, "stage": stage}
    tell("project", chosen, first, last, limit, as_json)


@app.command(
    "award", help=text("奖补：市×政策×条款×年度×方式×状态", "awards: city × policy × clause × year × mode × status")
)
def rollup_award(
    city: City = None,
    policy: Annotated[str | None, typer.Option(help=text("政策", "policy"))] = None,
    clause: Annotated[str | None, typer.Option(help=text("条款", "clause"))] = None,
    mode: Annotated[str | None, typer.Option(help=text("方式", "mode"))] = None,
    status: Annotated[str | None, typer.Option(help=text("状态", "status"))] = None,
    first: First = None,
    last: Last = None,
    limit: Limit = 50,
    as_json: AsJson = False,
) -> None:
    """Awards, payees, amounts granted and paid."""
    chosen = {"city": city and city_code(city), "policy": policy, "clause": clause, "mode": mode}
    tell("award", {**chosen, "status": status}, first, last, limit, as_json)


@app.command("indicator", help=text("指标：区划×指标×期间", "indicators: division × indicator × period"))
def rollup_indicator(
    division: Annotated[str | None, typer.Option(help=text("区划代码", "division code"))] = None,
    indicator: Annotated[str | None, typer.Option(help=text("指标代码", "indicator code"))] = None,
    first: First = None,
    last: Last = None,
    limit: Limit = 50,
    as_json: AsJson = False,
) -> None:
    """Values as reported."""
    chosen = {"division": division and arguments.division(division), "indicator": indicator}
    tell("indicator", chosen, first, last, limit, as_json)


def tell(
    kind: str,
    chosen: Mapping[str, str | None],
    first: str | None,
    last: str | None,
    limit: int,
    as_json: bool,
    by: By = By.DAY,
) -> None:
    """Ask for the figures in one state of the warehouse, and show them."""
    wanted = {name: code(name, value) for name, value in chosen.items() if value is not None}
    asked = figures.Asked(kind=kind, chosen=wanted, first=first, last=last, by=by.value)
    with reading(resolve(Settings.from_environment())) as connection:
        found = figures.figures(connection, asked, limit + 1 if limit else None)
        fresh = figures.freshness(connection, asked)
    if as_json:
        rows = [measured(kind, row) for row in found.iter_rows(named=True)]
        more = bool(limit) and len(rows) > limit
        told = {"kind": kind, "figures": rows[: limit or None], "more": more, **_fresh_json(fresh)}
        typer.echo(json.dumps(told, ensure_ascii=False, default=str))
    else:
        show(kind, found, limit, fresh)


def show(kind: str, found: pl.DataFrame, limit: int, fresh: Freshness) -> None:
    """The figures as a table, what is the same in all rows above it, and the freshness below it."""
    out = Console(highlight=False)
    rows = found.head(limit) if limit else found
    groups = [name for name in found.columns if name in GROUP_NAMES and not (kind == "indicator" and name == "value")]
    if rows.is_empty():
        out.print(text("没有这样的汇总。", "There are no such figures."))
        out.print(freshness_line(fresh), style="dim")
        return
    same = [name for name in groups if rows.height > 1 and rows[name].n_unique() == 1]
    if same:
        out.print(
            "  ".join(f"{text(*heading(kind, name))} {escape(named(kind, name, rows[name][0]))}" for name in same)
        )
    table = Table(box=None, pad_edge=False)
    varying = [name for name in groups if name not in same]
    for name in varying:
        table.add_column(text(*heading(kind, name)), overflow="fold")
    for _, zh, en, _ in COLUMNS[kind]:
        table.add_column(text(zh, en), justify="right", no_wrap=True)
    for row in rows.iter_rows(named=True):
        told = measured(kind, row)
        cells = [escape(named(kind, name, row[name])) for name in varying]
        table.add_row(*cells, *(written(told[name], how) for name, _, _, how in COLUMNS[kind]))
    out.print(table)
    if limit and found.height > limit:
        out.print(
            text("还有更多：--limit 0 显示全部，或用选项筛选", "There are more: --limit 0 shows all, options narrow")
        )
    out.print(freshness_line(fresh), style="dim")


def freshness_line(fresh: Freshness) -> str:
    """Up to when, loaded when, from how many publishers, and what waits in quarantine."""
    newest = fresh.newest or "-"
    loaded = stamp(fresh.loaded_at)
    return text(
        f"数据截至 {newest}；入库至 {loaded}；报送单位 {fresh.reporting}/{fresh.publishers}；隔离 {fresh.waiting} 条",
        f"data as of {newest}; loaded at {loaded}; publishers {fresh.reporting}/{fresh.publishers}; "
        f"{fresh.waiting} in quarantine",
    )


def _fresh_json(fresh: Freshness) -> dict[str, Any]:
    return {
        "as_of": fresh.newest,
        "loaded_at": None if fresh.loaded_at is None else fresh.loaded_at.isoformat(),
        "records": fresh.records,
        "publishers": fresh.publishers,
        "reporting": fresh.reporting,
        "quarantined": fresh.waiting,
    }
