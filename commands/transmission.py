"""huiliu transmission: how completely and how validly monitors transmit, and the hours that cost points."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Any, Final

import polars as pl
import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from commands import arguments, declarations, recomputation
from commands.arguments import AsJson
from commands.errors import CommandError
from commands.figures import code, named, stamp
from commands.warehouse import reading
from deploy.endpoints import resolve
from huiliu import clock, period
from huiliu.language import text
from huiliu.period import SHANGHAI
from huiliu.settings import Settings
from oversight.transmission.assessment import LEVELS, Assessment, Scope, assess
from oversight.transmission.lost import REASONS
from oversight.transmission.windows import Windows, requirement, settled_on
from schemas.contract import code_table

app = arguments.group()
declarations.join(app)
recomputation.join(app)


#: Days that are assessed at a time, at most.
DAYS: Final = 366


class Level(StrEnum):
    """What figures are added up by."""

    PROVINCE = "province"
    CITY = "city"
    ENTERPRISE = "enterprise"
    OUTLET = "outlet"
    FACTOR = "factor"
    POLLUTANT = "pollutant"
    DAY = "day"


class Figure(StrEnum):
    """Immediate as received in time, or completed after the repair window."""

    IMMEDIATE = "immediate"
    COMPLETED = "completed"


NAMES: Final = {
    "province": ("省", "province"),
    "city": ("市", "city"),
    "enterprise": ("信用代码", "credit code"),
    "enterprise_name": ("排污单位", "enterprise"),
    "mn": ("MN", "MN"),
    "outlet_name": ("排放口", "outlet"),
    "pollutant_code": ("因子", "factor"),
    "day": ("日", "day"),
}
FIGURES: Final = {"immediate": ("即时", "immediate"), "completed": ("补全", "completed")}


@app.callback(invoke_without_command=True)
def transmission(
    context: typer.Context,
    month: Annotated[
        str | None, typer.Option("--month", help=text("月，如 2025-06", "a month, such as 2025-06"))
    ] = None,
    first: Annotated[str | None, typer.Option("--from", help=text("自此日（含）", "first day"))] = None,
    last: Annotated[str | None, typer.Option("--to", help=text("至此日（含）", "last day"))] = None,
    division: Annotated[
        str | None, typer.Option("--city", "--division", help=text("市、县（区划代码）", "a city or county, by code"))
    ] = None,
    mn: Annotated[str | None, typer.Option("--mn", help=text("一个排放口", "one outlet"))] = None,
    pollutant: Annotated[str | None, typer.Option("--pollutant", help=text("一个因子", "one factor"))] = None,
    by: Annotated[Level | None, typer.Option("--by", help=text("汇总到", "add up by"), case_sensitive=False)] = None,
    hours: Annotated[
        bool, typer.Option("--hours", help=text("列出失分的小时", "list the hours that cost points"))
    ] = False,
    excluded: Annotated[
        bool, typer.Option("--excluded", help=text("列出不参与的小时", "list the hours that take no part"))
    ] = False,
    figure: Annotated[
        Figure, typer.Option("--figure", help=text("小时按即时或补全", "hours of which figure"))
    ] = Figure.COMPLETED,
    as_of: Annotated[
        str | None,
        typer.Option("--as-of", help=text("以此时已收到的为准（ISO 8601）", "as received by then (ISO 8601)")),
    ] = None,
    limit: Annotated[
        int, typer.Option("--limit", min=0, help=text("最多多少行，0 为全部", "rows at most; 0: all"))
    ] = 50,
    as_json: AsJson = False,
) -> None:
    """传输率 × 有效率 = 传输有效率，即时与补全 | transmission × validity = effectiveness, immediate and completed."""
    if context.invoked_subcommand is not None:
        return
    settings = Settings.from_environment()
    windows = Windows(mark_hours=settings.mark_hours)
    scope = scope_of(month, first, last, division, mn, pollutant, moment(as_of))
    with reading(resolve(settings)) as connection:
        found = assess(connection, scope, windows)
    refuse_nothing(found, scope)
    level = by.value if by else _usual(scope)
    if hours or excluded:
        opened = found.hours("immediate" if figure is Figure.IMMEDIATE else "completed", excluded=excluded)
        (hours_json if as_json else show_hours)(found, opened, figure.value, limit)
    elif as_json:
        typer.echo(json.dumps(figures_json(found, level, scope, windows, limit), ensure_ascii=False, default=str))
    else:
        show(found, level, scope, windows, limit)


def scope_of(
    month: str | None,
    first: str | None,
    last: str | None,
    division: str | None,
    mn: str | None,
    pollutant: str | None,
    as_of: datetime,
) -> Scope:
    """What is asked for. Raises CommandError where the days are not said or run backwards."""
    if month is not None and first is None and last is None:
        told = period.parse(month)
        since, until = told.first, told.last
    elif month is None and first is not None:
        since, until = period.parse(first).first, period.parse(last or first).last
    else:
        raise CommandError(
            text("请给出 --month 2025-06，或 --from 与 --to", "Give --month 2025-06, or --from and --to.")
        )
    if until < since:
        raise CommandError(text(f"--to {until} 早于 --from {since}", f"--to {until} is before --from {since}."))
    if (until - since).days > DAYS:
        raise CommandError(
            text(f"一次最多 {DAYS} 天：请缩短 --from 至 --to", f"{DAYS} days at most: move --from and --to.")
        )
    return Scope(
        first=since,
        last=until,
        as_of=as_of,
        division=division and arguments.division(division),
        mn=mn,
        pollutant=pollutant and code("pollutant", pollutant),
    )


def moment(given: str | None) -> datetime:
    """A moment as typed, now where none is given; UTC. Raises CommandError."""
    return (
        datetime.fromtimestamp(clock.now_ms() / 1000, UTC) if given is None else arguments.moment(given).astimezone(UTC)
    )


def refuse_nothing(found: Assessment, scope: Scope) -> None:
    """Say why there is no figure. Raises CommandError."""
    if found.outlets.is_empty():
        raise CommandError(
            text(
                f"没有登记的排放口{f' {scope.mn}' if scope.mn else ''}：请先报送 registration",
                f"No outlet{f' {scope.mn}' if scope.mn else ''} is registered there: send its registration first.",
            )
        )
    if found.counts.is_empty():
        raise CommandError(
            text(
                f"{scope.first} 至 {scope.last} 没有应传的小时：登记的限值此时未生效，或当日即时数未到考核时刻",
                f"Nothing is due from {scope.first} to {scope.last}: no registered limit is valid then, or the day "
                "is not over long enough to be assessed.",
            )
        )


def _usual(scope: Scope) -> str:
    if scope.mn is not None:
        return "pollutant"
    return "city" if scope.division is None else "outlet"


def cells(row: dict[str, Any], state: str, passing: float) -> list[str]:
    """Due, received, valid, excluded and the three rates of a row, as people read them."""
    numbers = [f"{row[f'{state}_{name}']:,}" for name in ("due", "received", "valid", "excluded")]
    told = [row[f"{state}_{name}"] for name in ("transmission", "validity", "effectiveness")]
    shown = ["-" if rate is None else f"{rate:.2%}" for rate in told]
    below = told[2] is not None and told[2] < passing
    return [*numbers, *shown[:2], f"[red]{shown[2]}[/]" if below else shown[2]]


def show(found: Assessment, level: str, scope: Scope, windows: Windows, limit: int) -> None:
    """A table for people: each figure on a line of its own, the total last."""
    out = Console(highlight=False)
    asked = requirement(str(found.outlets["province"][0]), scope.last.year)
    passing = asked.city_floor if level in ("city", "province") else asked.passing
    table = Table(box=None, pad_edge=False)
    for name in LEVELS[level]:
        table.add_column(text(*NAMES[name]), overflow="fold")
    heads = ("", ""), ("应传", "due"), ("实传", "received"), ("有效", "valid"), ("不参与", "no part")
    for zh, en in (*heads, ("传输率", "transm."), ("有效率", "validity"), ("传输有效率", "effect.")):
        table.add_column(text(zh, en), justify="right", no_wrap=True)
    rows = found.rates(level)
    for row in (rows.head(limit) if limit else rows).iter_rows(named=True):
        _lines(table, [_cell(name, row[name]) for name in LEVELS[level]], row, passing)
    total = found.total().row(0, named=True)
    _lines(table, [text("合计", "total"), *[""] * (len(LEVELS[level]) - 1)], total, passing)
    out.print(table)
    if limit and rows.height > limit:
        out.print(text(f"共 {rows.height} 行：--limit 0 显示全部", f"{rows.height} rows: --limit 0 shows all"))
    settled = settled_on(windows, scope.last)
    out.print(
        text(
            f"截至 {stamp(scope.as_of)} 收到的数据；补全数 {settled} 起不再变化；"
            f"低于 {passing:.0%} 标红（{asked.source}）",
            f"as received by {stamp(scope.as_of)}; completed figures are final from {settled} on; "
            f"below {passing:.0%} in red ({asked.source})",
        ),
        style="dim",
    )


def _lines(table: Table, names: list[str], row: dict[str, Any], passing: float) -> None:
    for place, (state, said) in enumerate(FIGURES.items()):
        table.add_row(*(names if place == 0 else [""] * len(names)), text(*said), *cells(row, state, passing))


def _cell(name: str, value: Any) -> str:
    if name in ("city", "province"):
        return escape(named("reading", "city", value))
    return escape(named("reading", "pollutant", value) if name == "pollutant_code" else str(value))


def figures_json(found: Assessment, level: str, scope: Scope, windows: Windows, limit: int) -> dict[str, Any]:
    """The figures for a program."""
    rows = found.rates(level)
    asked = requirement(str(found.outlets["province"][0]), scope.last.year)
    return {
        "from": scope.first,
        "to": scope.last,
        "as_of": scope.as_of.isoformat(),
        "final_from": settled_on(windows, scope.last),
        "by": level,
        "passing": asked.passing,
        "city_floor": asked.city_floor,
        "total": found.total().row(0, named=True),
        "figures": (rows.head(limit) if limit else rows).to_dicts(),
        "more": bool(limit) and rows.height > limit,
    }


def hours_json(found: Assessment, opened: pl.DataFrame, figure: str, limit: int) -> None:
    """The hours for a program, with the count of all of them."""
    rows = opened.head(limit) if limit else opened
    told = rows.select(
        "mn", pollutant="pollutant_code", start=pl.col("start").dt.to_string("iso:strict"), reason="reason",
        flag="flag", mark="mark", declared_mark="declared_mark", declaration="declaration",
        received_at=pl.col("received_at").dt.to_string("iso:strict"),
    )  # fmt: skip
    total = found.total().row(0, named=True)
    lost = total[f"{figure}_due"] - total[f"{figure}_valid"]
    typer.echo(
        json.dumps(
            {"figure": figure, "lost": lost, "listed_of": opened.height, "hours": told.to_dicts()}, ensure_ascii=False
        )
    )


def show_hours(found: Assessment, opened: pl.DataFrame, figure: str, limit: int) -> None:
    """The hours for people, with how many there are of each reason."""
    out = Console(highlight=False)
    table = Table(box=None, pad_edge=False)
    for zh, en in (("MN", "MN"), ("因子", "factor"), ("小时", "hour"), ("原因", "reason"), ("收到", "received")):
        table.add_column(text(zh, en), overflow="fold")
    for row in (opened.head(limit) if limit else opened).iter_rows(named=True):
        start = row["start"].astimezone(SHANGHAI).strftime("%Y-%m-%d %H:00")
        table.add_row(
            escape(row["mn"]), _cell("pollutant_code", row["pollutant_code"]), start, escape(reason(row)),
            stamp(row["received_at"]),
        )  # fmt: skip
    out.print(table)
    counted = opened.group_by("reason").len().sort("len", descending=True)
    summed = "  ".join(f"{text(*REASONS[name])} {number:,}" for name, number in counted.iter_rows())
    total = found.total().row(0, named=True)
    lost = total[f"{figure}_due"] - total[f"{figure}_valid"]
    out.print(
        text(
            f"{FIGURES[figure][0]}：失分 {lost:,} 小时，列出 {opened.height:,} 小时  {summed}",
            f"{figure}: {lost:,} hours lost, {opened.height:,} hours listed  {summed}",
        ),
        style="dim",
    )


def reason(row: dict[str, Any]) -> str:
    """Why an hour does not count, with the flag or mark that says so."""
    said = text(*REASONS[row["reason"]])
    declared = row["declared_mark"]
    if row["reason"] in ("DECLARED", "EXCLUDED", "CHECK") and declared:
        return f"{said}: {code_table('mark')[declared].label} (#{row['declaration']})"
    if row["reason"] in ("MARK", "EXCLUDED", "CHECK") and row["mark"]:
        return f"{said}: {code_table('mark')[row['mark']].label}"
    flag = code_table("flag").get(row["flag"] or "")
    return f"{said}: {row['flag']} {flag.label}" if row["reason"] == "FLAG" and flag else said
