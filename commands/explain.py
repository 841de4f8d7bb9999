"""huiliu explain: a figure down to the offsets it is made of, and an offset's whole story."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any, Final

import polars as pl
import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from commands import arguments, story
from commands.arguments import AsJson
from commands.errors import CommandError
from commands.figures import COLUMNS, PeriodKind, city_code, code, heading, measured, named, written
from commands.main import NOT_SO
from commands.rereading import rereader
from commands.story import plain
from commands.warehouse import reading
from deploy.endpoints import resolve
from huiliu.language import text
from huiliu.money import format_fen
from huiliu.period import SHANGHAI
from huiliu.settings import Settings
from schemas import topics
from sinks import explain, register, reread
from sinks.encoding import decode, fact_table
from sinks.explain import Figure
from sinks.warehouse import Connection

app = arguments.group()

Limit = Annotated[int, typer.Option("--limit", min=1, max=10_000, help=text("每页多少条", "facts on a page"))]
Page = Annotated[int, typer.Option("--page", min=1, help=text("第几页", "which page"))]

#: What is shown of a fact to a person, of each kind: column and heading in both languages.
SHOWN: Final[Mapping[str, tuple[tuple[str, str, str], ...]]] = {
    "reading": (
        ("mn", "MN", "MN"),
        ("start", "起始", "start"),
        ("average", "均值", "mean"),
        ("maximum", "最大", "max"),
        ("judged", "判定", "judged"),
    ),
    "project": (
        ("project_code", "项目代码", "project code"),
        ("planned_investment", "计划投资 元", "planned CNY"),
        ("cumulative_investment", "累计投资 元", "invested CNY"),
    ),
    "award": (
        ("award_number", "奖补编号", "award number"),
        ("payee_count", "受益", "payees"),
        ("amount", "金额 元", "amount CNY"),
        ("paid_amount", "已拨 元", "paid CNY"),
    ),
    "indicator": (("value", "值", "value"), ("unit", "单位", "unit"), ("revision", "修订", "revision")),
}


@app.command("reading", help=text("监测汇总的一个数", "a figure of readings"))
def explain_reading(
    city: Annotated[str, typer.Option("--city", help=text("市（区划代码）", "city, a division code"))],
    pollutant: Annotated[str, typer.Option(help=text("监测因子编码", "factor code"))],
    day: Annotated[str, typer.Option(help=text("日期，如 2026-11-20", "day, such as 2026-11-20"))],
    period: Annotated[
        PeriodKind, typer.Option(help=text("数据类型", "period kind"), case_sensitive=False)
    ] = PeriodKind.HOUR,
    limit: Limit = 20,
    page: Page = 1,
    as_json: AsJson = False,
) -> None:
    """City, factor, period kind and Shanghai day."""
    group = {
        "city": city_code(city),
        "pollutant": code("pollutant", pollutant),
        "period": period.value,
        "day": _day(day),
    }
    open_figure("reading", group, limit, page, as_json)


@app.command("project", help=text("项目汇总的一个数", "a figure of projects"))
def explain_project(
    city: Annotated[str, typer.Option("--city", help=text("市（区划代码）", "city, a division code"))],
    programme: Annotated[str, typer.Option(help=text("专项", "programme"))],
    stage: Annotated[str, typer.Option(help=text("阶段", "stage"))],
    month: Annotated[str, typer.Option(help=text("月份，如 2026-10", "month, such as 2026-10"))],
    limit: Limit = 20,
    page: Page = 1,
    as_json: AsJson = False,
) -> None:
    """City, programme, stage and month."""
    chosen = {"programme": code("programme", programme), "stage": code("stage", stage), "month": month}
    open_figure("project", {"city": city_code(city), **chosen}, limit, page, as_json)


@app.command("award", help=text("奖补汇总的一个数", "a figure of awards"))
def explain_award(
    city: Annotated[str, typer.Option("--city", help=text("市（区划代码）", "city, a division code"))],
    policy: Annotated[str, typer.Option(help=text("政策", "policy"))],
    clause: Annotated[str, typer.Option(help=text("条款", "clause"))],
    fiscal_year: Annotated[int, typer.Option("--year", help=text("预算年度", "fiscal year"))],
    mode: Annotated[str, typer.Option(help=text("方式", "mode"))],
    status: Annotated[str, typer.Option(help=text("状态", "status"))],
    limit: Limit = 20,
    page: Page = 1,
    as_json: AsJson = False,
) -> None:
    """City, policy, clause, year, mode and status."""
    chosen = {"policy": policy, "clause": clause, "fiscal_year": fiscal_year, "mode": code("mode", mode)}
    group = {"city": city_code(city), **chosen, "status": code("status", status)}
    open_figure("award", group, limit, page, as_json)


@app.command("indicator", help=text("指标汇总的一个数", "a figure of indicators"))
def explain_indicator(
    division: Annotated[str, typer.Option(help=text("区划代码", "division code"))],
    indicator: Annotated[str, typer.Option(help=text("指标代码", "indicator code"))],
    period: Annotated[str, typer.Option(help=text("期间，如 2026-10、2026Q3、2026", "period, such as 2026Q3"))],
    limit: Limit = 20,
    page: Page = 1,
    as_json: AsJson = False,
) -> None:
    """Division, indicator and period."""
    chosen = {"indicator": code("indicator", indicator), "period": period}
    open_figure("indicator", {"division": arguments.division(division), **chosen}, limit, page, as_json)


def _day(given: str) -> str:
    try:
        return date.fromisoformat(given).isoformat()
    except ValueError as fault:
        raise CommandError(
            text(f"日期 {given!r} 应写作 2026-11-20", f"Write the day {given!r} as 2026-11-20")
        ) from fault


def open_figure(kind: str, group: Mapping[str, Any], limit: int, page: int, as_json: bool) -> None:
    """The figure, its control total, and one page of its facts; exit code 3 if the two totals differ."""
    with reading(resolve(Settings.from_environment())) as connection:
        figure = explain.figure(connection, kind, group)
        if figure.stored is None and figure.recomputed is None:
            raise CommandError(
                text(
                    f"没有这个数。有哪些：huiliu rollup {kind}",
                    f"There is no such figure. Which there are: huiliu rollup {kind}",
                )
            )
        facts, more = _page(connection, kind, group, limit, page)
    if as_json:
        told = {"kind": kind, "group": dict(group), "equal": figure.equal, **_totals(figure)}
        told |= {"page": page, "more": more, "facts": [plain(row) for row in facts.iter_rows(named=True)]}
        typer.echo(json.dumps(told, ensure_ascii=False))
    else:
        show_figure(figure, facts, page, more)
    if not figure.equal:
        raise typer.Exit(NOT_SO)


def _page(
    connection: Connection, kind: str, group: Mapping[str, Any], limit: int, page: int
) -> tuple[pl.DataFrame, bool]:
    """The facts of a page as events with their coordinates, and whether there are more."""
    after: tuple[Any, ...] | None = None
    for _ in range(page - 1):
        before = explain.facts(connection, kind, group, after=after, limit=limit)
        if before.height < limit:
            return before.clear(), False
        after = before.select(fact_table(kind).key).row(-1)
    found = explain.facts(connection, kind, group, after=after, limit=limit + 1)
    outlets = register.load(connection, None) if kind == "reading" else None
    return decode(kind, found.head(limit), outlets), found.height > limit


def _totals(figure: Figure) -> dict[str, Any]:
    told = {"figure": figure.stored, "control_total": figure.recomputed}
    return {name: None if value is None else measured(figure.kind, value) for name, value in told.items()}


def show_figure(figure: Figure, facts: pl.DataFrame, page: int, more: bool) -> None:
    """The figure and its control total side by side, then the facts."""
    out, kind = Console(highlight=False), figure.kind
    group = (f"{text(*heading(kind, name))} {escape(named(kind, name, value))}" for name, value in figure.group.items())
    out.print("  ".join(group))
    table = Table(box=None, pad_edge=False)
    table.add_column("")
    for words in (("汇总", "figure"), ("由明细重算", "from its facts"), ("", "")):
        table.add_column(text(*words), justify="right")
    stored, recomputed = (_totals(figure)[name] or {} for name in ("figure", "control_total"))
    for name, zh, en, how in COLUMNS[kind]:
        one, other = (_written(told, name, how) for told in (stored, recomputed))
        table.add_row(text(zh, en), one, other, _mark(stored.get(name) == recomputed.get(name)))
    out.print(table)
    out.print(text("控制总数：", "control total: ") + _mark(figure.equal))
    _show_facts(out, kind, facts)
    if more:
        out.print(text(f"下一页：--page {page + 1}", f"next page: --page {page + 1}"))
    if facts.height:
        place = " ".join(str(facts[name][0]) for name in ("topic", "partition", "offset"))
        out.print(
            text(f"打开原始记录：huiliu explain offset {place}", f"open the record: huiliu explain offset {place}")
        )


def _written(told: Mapping[str, Any], name: str, how: str) -> str:
    return written(told[name], how) if name in told else "-"


def _mark(equal: bool) -> str:
    return text("[green]相符[/]", "[green]equal[/]") if equal else text("[red]不符[/]", "[red]NOT EQUAL[/]")


def _show_facts(out: Console, kind: str, facts: pl.DataFrame) -> None:
    table = Table(box=None, pad_edge=False)
    topics_there = facts["topic"].unique()
    if len(topics_there) == 1:
        out.print(text("主题 ", "topic ") + topics_there[0])
    else:
        table.add_column(text("主题", "topic"), overflow="fold")
    for words in (("分区", "part."), ("偏移量", "offset")):
        table.add_column(text(*words), justify="right")
    for name, zh, en in SHOWN[kind]:
        table.add_column(text(zh, en), overflow="fold", justify="left" if name in _TEXTS else "right")
    for row in facts.iter_rows(named=True):
        place = [str(row[name]) for name in ("topic", "partition", "offset")][len(topics_there) == 1 :]
        table.add_row(*place, *(escape(_cell(name, row)) for name, _, _ in SHOWN[kind]))
    out.print(table)


_TEXTS: Final = ("mn", "start", "judged", "project_code", "award_number", "unit")
_MONEY: Final = ("planned_investment", "cumulative_investment", "amount", "paid_amount")


def _cell(name: str, row: Mapping[str, Any]) -> str:
    if name == "judged":
        exceeded = text("超标", "exceeded") if row["exceeded"] else ""
        return exceeded if row["valid"] else text("无效", "invalid")
    value = row[name]
    if value is None:
        return "-"
    if name == "start":
        return datetime.fromtimestamp(value / 1000, SHANGHAI).strftime("%m-%d %H:%M")
    return format_fen(value) if name in _MONEY else f"{value:,.6g}" if isinstance(value, float) else str(value)


@app.command("offset", help=text("一条记录的下落：原始字节、判定、入库", "one record: bytes, verdict, where it went"))
def explain_offset(
    topic: Annotated[str, typer.Argument(help=text("主题", "topic"))],
    partition: Annotated[int, typer.Argument(min=0, help=text("分区", "partition"))],
    offset: Annotated[int, typer.Argument(min=0, help=text("偏移量", "offset"))],
    as_json: AsJson = False,
) -> None:
    """What the ledger says of it, its bytes read again from Kafka, the event in them, and what was found."""
    parsed = topics.parse_intake(topic)
    if parsed is None:
        raise CommandError(
            text(
                f"{topic} 不是报送主题，应如 intake.340100.reading",
                f"{topic} is no intake topic such as intake.340100.reading",
            )
        )
    endpoints = resolve(Settings.from_environment())
    with reading(endpoints) as connection:
        account = explain.event(connection, topic, partition, offset)
        intake = None if account is None else account.entry["intake"]
        found = [] if intake is None else reread.findings(connection, intake, offset)
    with rereader(endpoints.kafka) as reader:
        bounds = reader.bounds([(topic, partition)]).get((topic, partition))
        there = bounds is not None and bounds[0] <= offset < bounds[1]
        record = next(iter(reader.records(topic, partition, offset, offset + 1)), None) if there else None
    if account is None and not there:
        raise CommandError(story.no_such(topic, partition, offset, bounds))
    place = (topic, partition, offset)
    if as_json:
        typer.echo(json.dumps(story.described(parsed.kind, place, account, record, found), ensure_ascii=False))
    else:
        story.show(parsed.kind, place, account, record, found)
