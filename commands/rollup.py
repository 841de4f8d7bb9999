"""huiliu rollup: the province's figures, with their units and how fresh and complete they are."""

from __future__ import annotations

import difflib
import json
from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, Final

import polars as pl
import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from commands import arguments
from commands.arguments import AsJson
from commands.errors import CommandError
from commands.warehouse import reading
from deploy.endpoints import resolve
from huiliu import division as divisions
from huiliu.language import text
from huiliu.money import format_fen
from huiliu.period import SHANGHAI
from huiliu.settings import Settings
from schemas.contract import code_table
from sinks import figures
from sinks.figures import Freshness

app = arguments.group()

MICRO: Final = 1_000_000
MANY: Final = 20  # a longer list of codes is not shown whole

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


class PeriodKind(StrEnum):
    """The period kinds of HJ 212."""

    REALTIME = "REALTIME"
    MINUTE = "MINUTE"
    HOUR = "HOUR"
    DAY = "DAY"


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
    tell("reading", chosen, first, last, limit, as_json, monthly if by is By.MONTH else None)


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
    summed: Callable[[pl.DataFrame], pl.DataFrame] | None = None,
) -> None:
    """Ask for the figures in one state of the warehouse, and show them."""
    wanted = {name: code(name, value) for name, value in chosen.items() if value is not None}
    asked = figures.Asked(kind=kind, chosen=wanted, first=first, last=last)
    with reading(resolve(Settings.from_environment())) as connection:
        found = figures.figures(connection, asked, limit + 1 if limit and summed is None else None)
        fresh = figures.freshness(connection, asked)
    found = summed(found) if summed else found
    if as_json:
        rows = [measured(kind, row) for row in found.iter_rows(named=True)]
        more = bool(limit) and len(rows) > limit
        told = {"kind": kind, "figures": rows[: limit or None], "more": more, **_fresh_json(fresh)}
        typer.echo(json.dumps(told, ensure_ascii=False, default=str))
    else:
        show(kind, found, limit, fresh)


def city_code(given: str) -> str:
    """A city's code; a county is refused with its city, by which figures are."""
    found = arguments.division(given)
    city = divisions.city_of(found)
    if found != city:
        raise CommandError(
            text(
                f"汇总按市：{arguments.spoken(found)} 属 {arguments.spoken(city)}，请用 --city {city}",
                f"Figures are by city: {arguments.spoken(found)} is in {arguments.spoken(city)}, use --city {city}",
            )
        )
    return city


def code(name: str, value: str) -> str:
    """A code of a code list; a wrong one is refused with what there is. Names without a list are taken as they are."""
    if name not in ("programme", "stage", "mode", "status", "pollutant", "indicator"):
        return value
    known = code_table(name)
    given = (
        value
        if value in known
        else next((c for c, entry in known.items() if value in (entry.zh, entry.en)), value.upper())
    )
    if given not in known and value.lower() in known:
        given = value.lower()
    if given in known:
        return given
    near = difflib.get_close_matches(value, known, n=8, cutoff=0.3) if len(known) > MANY else [*known]
    shown = ", ".join(f"{c} {known[c].label}" for c in near) + (" …" if len(near) < len(known) else "")
    raise CommandError(text(f"没有 {name} {value!r}，可用：{shown}", f"There is no {name} {value!r}. Allowed: {shown}"))


def monthly(daily: pl.DataFrame) -> pl.DataFrame:
    """Daily figures of readings added up by month of Shanghai."""
    sums = ("readings", "valid", "averaged", "average_micro", "mass_micro", "exceedances")
    month = pl.col("day").str.slice(0, 7)
    grouped = daily.group_by("city", "pollutant", "period", month.alias("month"), maintain_order=True)
    return grouped.agg(pl.col(sums).sum(), pl.col("maximum").max()).sort("city", "pollutant", "period", "month")


def measured(kind: str, row: Mapping[str, Any]) -> dict[str, Any]:
    """A group's figures as JSON: whole numbers, money in fen, measured values in their unit, mass in kg."""
    told = {name: int(value) if isinstance(value, Decimal) else value for name, value in row.items()}
    if kind != "reading":
        return told
    average, mass = told.pop("average_micro"), told.pop("mass_micro")
    mean = average / told["averaged"] / MICRO if told["averaged"] else None
    return {**told, "mean": mean, "mass_kg": mass / MICRO}


COLUMNS: Final[Mapping[str, tuple[tuple[str, str, str, str], ...]]] = {
    "reading": (
        ("readings", "数据", "readings", "count"),
        ("valid", "有效", "valid", "count"),
        ("mean", "均值", "mean", "value"),
        ("maximum", "最大", "max", "value"),
        ("mass_kg", "排放量 kg", "mass kg", "value"),
        ("exceedances", "超标", "exceeded", "count"),
    ),
    "project": (
        ("projects", "项目", "projects", "count"),
        ("planned", "计划投资 元", "planned CNY", "fen"),
        ("cumulative", "累计投资 元", "invested CNY", "fen"),
    ),
    "award": (
        ("awards", "笔数", "awards", "count"),
        ("payees", "受益", "payees", "count"),
        ("amount", "金额 元", "amount CNY", "fen"),
        ("paid", "已拨 元", "paid CNY", "fen"),
    ),
    "indicator": (("value", "值", "value", "value"),),
}  #: of each kind: column, heading in both languages, how it is written

GROUP_NAMES: Final = {
    "city": ("市", "city"),
    "division": ("区划", "division"),
    "pollutant": ("因子", "factor"),
    "period": ("类型", "period"),
    "day": ("日", "day"),
    "month": ("月", "month"),
    "programme": ("专项", "programme"),
    "stage": ("阶段", "stage"),
    "policy": ("政策", "policy"),
    "clause": ("条款", "clause"),
    "fiscal_year": ("年度", "year"),
    "mode": ("方式", "mode"),
    "status": ("状态", "status"),
    "indicator": ("指标", "indicator"),
}


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


def heading(kind: str, name: str) -> tuple[str, str]:
    """What a group's column is called, in both languages."""
    return ("期间", "period") if (kind, name) == ("indicator", "period") else GROUP_NAMES[name]


def named(kind: str, name: str, value: Any) -> str:
    """A group's value as people say it: places and codes by their names."""
    if name in ("city", "division"):
        return arguments.spoken(value)
    lists = {"pollutant", "programme", "stage", "mode", "status", "indicator"}
    if name == "period" and kind == "reading":
        lists = {"period"}
    entry = code_table(name).get(str(value)) if name in lists else None
    if entry is None:
        return str(value)
    return f"{value} {entry.label}" if name in ("pollutant", "indicator") else entry.label


def written(value: Any, how: str) -> str:
    """A figure as people read it: money in yuan, counts grouped, measured values to six significant digits."""
    if value is None:
        return "-"
    if how == "fen":
        return format_fen(int(value))
    if how == "count" or abs(value) >= MICRO:
        return f"{value:,.0f}"
    return f"{value:,.6g}"


def freshness_line(fresh: Freshness) -> str:
    """Up to when, loaded when, from how many publishers, and what waits in quarantine."""
    newest = fresh.newest or "-"
    loaded = stamp(fresh.loaded_at)
    return text(
        f"数据截至 {newest}；入库至 {loaded}；报送单位 {fresh.reporting}/{fresh.publishers}；隔离 {fresh.waiting} 条",
        f"data as of {newest}; loaded at {loaded}; publishers {fresh.reporting}/{fresh.publishers}; "
        f"{fresh.waiting} in quarantine",
    )


def stamp(when: datetime | None) -> str:
    """A time as Shanghai's, to the second."""
    return "-" if when is None else when.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S")


def _fresh_json(fresh: Freshness) -> dict[str, Any]:
    return {
        "as_of": fresh.newest,
        "loaded_at": None if fresh.loaded_at is None else fresh.loaded_at.isoformat(),
        "records": fresh.records,
        "publishers": fresh.publishers,
        "reporting": fresh.reporting,
        "quarantined": fresh.waiting,
    }
