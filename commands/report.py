"""huiliu report: reports of a month, quarter or year, frozen, issued under a number, checked, corrected openly."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from commands import arguments, report_correct, report_files, report_issue
from commands.arguments import AsJson
from commands.errors import CommandError
from commands.figures import stamp
from commands.report_files import Into
from commands.waits import shown
from commands.warehouse import reading, writing
from deploy.endpoints import resolve
from huiliu import period
from huiliu.language import text
from huiliu.settings import Settings
from oversight.reports.freezing import Asked, freeze
from oversight.reports.snapshot import Kind, Snapshot
from oversight.rule_files import in_use
from oversight.transmission.windows import Windows
from sinks import reports

app = arguments.group()
app.command("issue", help=text("印发：编号、署名、落款，不可更改", "issue a frozen report under a number"))(
    report_issue.issue
)
app.command("corrigendum", help=text("更正：与已印发的逐格比较", "an issued report against today's figures"))(
    report_correct.correct
)
app.command("show", help=text("再生成已冻结或已印发的报告", "make a frozen or issued report again"))(report_files.show)
app.command("verify", help=text("核验一个报告文件", "check a report's file"))(report_files.verify)

AsOf = Annotated[
    str | None, typer.Option("--as-of", help=text("以此时已入库的为准（ISO 8601）", "as known then (ISO 8601)"))
]
KINDS: Final = {
    "month": ("月度监测", "monthly tracking"),
    "quarter": ("季度通报", "quarterly notice"),
    "year": ("年度考核", "yearly assessment"),
    "corrigendum": ("更正", "corrigendum"),
}


Month = Annotated[str, typer.Argument(help=text("月，如 2026-05", "the month, such as 2026-05"))]
Quarter = Annotated[str, typer.Argument(help=text("季度，如 2026Q2", "the quarter, such as 2026Q2"))]
Year = Annotated[str, typer.Argument(help=text("年，如 2026", "the year, such as 2026"))]


@app.command("month", help=text("月度监测：冻结快照，生成草稿", "monthly tracking: freeze it, write a draft"))
def month(period: Month, as_of: AsOf = None, into: Into = None, as_json: AsJson = False) -> None:
    """Monthly tracking (月度监测)."""
    make("month", period, as_of, into, as_json)


@app.command("quarter", help=text("季度通报：冻结快照，生成草稿", "quarterly notice: freeze it, write a draft"))
def quarter(period: Quarter, as_of: AsOf = None, into: Into = None, as_json: AsJson = False) -> None:
    """Quarterly notice (季度通报)."""
    make("quarter", period, as_of, into, as_json)


@app.command("year", help=text("年度考核：冻结快照，生成草稿", "yearly assessment: freeze it, write a draft"))
def year(period: Year, as_of: AsOf = None, into: Into = None, as_json: AsJson = False) -> None:
    """Yearly assessment (年度考核)."""
    make("year", period, as_of, into, as_json)


def make(kind: Kind, given: str, as_of: str | None, into: Path | None, as_json: bool) -> None:
    """Freeze the report of a period and write its draft."""
    settings = Settings.from_environment()
    asked = Asked(kind, settings.province, of_kind(kind, given), moment(as_of), in_use(settings.oversight_rules))
    snapshot = frozen(settings, asked, quiet=as_json)
    paths = report_files.write(snapshot, None, into, quiet=as_json)
    told(snapshot, paths, as_json)


def of_kind(kind: str, given: str) -> period.Period:
    """The period, which must be of the report's kind. Raises CommandError."""
    told = period.parse(given)
    if told.kind != kind:
        form = {"month": "2026-05", "quarter": "2026Q2", "year": "2026"}[kind]
        raise CommandError(
            text(
                f"{KINDS[kind][0]} 的统计期如 {form}，给出的是 {given}",
                f"A {KINDS[kind][1]} is of a {kind} such as {form}, not {given}.",
            )
        )
    return told


def moment(given: str | None) -> datetime | None:
    """A moment as typed, UTC; None for now."""
    return None if given is None else arguments.moment(given).astimezone(UTC)


def frozen(settings: Settings, asked: Asked, *, quiet: bool) -> Snapshot:
    """The snapshot of what was asked for, frozen in one state of the warehouse and kept there."""
    endpoints, windows = resolve(settings), Windows(mark_hours=settings.mark_hours)
    with shown(quiet=quiet) as progress, reading(endpoints) as connection:
        snapshot = freeze(connection, asked, windows, lambda label, done, total: progress("report", label, done, total))
    with writing(endpoints) as connection:
        reports.keep(connection, report_files.as_frozen(snapshot))
    return snapshot


def told(snapshot: Snapshot, paths: Mapping[str, Path], as_json: bool) -> None:
    """What was frozen, where its files are, and what to do next."""
    absent = {section.title: section.absent for section in snapshot.sections if section.absent}
    if as_json:
        shown_ = {"snapshot": snapshot.sha256, "kind": snapshot.kind, "period": snapshot.period.text,
                  "as_of": snapshot.as_of, "absent": absent,
                  "files": {name: str(path) for name, path in paths.items()}}  # fmt: skip
        typer.echo(json.dumps(shown_, ensure_ascii=False))
        return
    out = Console(highlight=False)
    out.print(text(f"快照 {snapshot.sha256}", f"snapshot {snapshot.sha256}"))
    for path in paths.values():
        out.print(f"  {escape(str(path))}")
    for title, why in absent.items():
        out.print(text(f"[yellow]无数据[/] {title}：{why}", f"[yellow]no figures[/] {title}: {why}"))
    short = snapshot.sha256[:12]
    out.print(
        text(
            f"印发：huiliu report issue {short} --organ 发文机关 --by 经办人",
            f"Issue it: huiliu report issue {short} --organ ORGAN --by NAME",
        ),
        style="dim",
    )


@app.command("list", help=text("已印发的报告；或全部快照", "issued reports, or all snapshots"))
def listed(
    snapshots: Annotated[
        bool, typer.Option("--snapshots", help=text("列出冻结的快照，含未印发的", "frozen snapshots, issued or not"))
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Reports by number, newest first."""
    with reading(resolve(Settings.from_environment())) as connection:
        if snapshots:
            rows = reports.snapshots(connection)
        else:
            rows = [report_files.as_json(report) for report in reports.listed(connection)]
    if as_json:
        typer.echo(json.dumps(rows, ensure_ascii=False, default=str))
    elif not rows:
        typer.echo(text("还没有。", "None yet."))
    else:
        (_show_snapshots if snapshots else _show_issued)(rows)


def _table(*heads: tuple[str, str]) -> Table:
    table = Table(box=None, pad_edge=False)
    for zh, en in heads:
        table.add_column(text(zh, en), overflow="fold")
    return table


def _show_issued(rows: list[dict[str, Any]]) -> None:
    about = (("号", "number"), ("种类", "kind"), ("统计期", "period"), ("发文字号", "document"), ("印发", "issued"))
    table = _table(*about, ("经办", "by"), ("更正", "corrections"), ("快照", "snapshot"))
    for row in rows:
        corrects = text(f"更正第 {row['corrects']} 号", f"corrects {row['corrects']}") if row["corrects"] else ""
        after = text(f"已由第 {row['corrected_by']} 号更正", f"corrected by {row['corrected_by']}")
        table.add_row(
            str(row["number"]), text(*KINDS[row["kind"]]), row["period"], escape(row["imprint"]["document_number"]),
            stamp(row["issued_at"]), escape(row["imprint"]["issuer"]),
            "  ".join(filter(None, (corrects, after if row["corrected_by"] else ""))), row["snapshot"][:12],
        )  # fmt: skip
    Console(highlight=False).print(table)


def _show_snapshots(rows: list[dict[str, Any]]) -> None:
    about = (("快照", "snapshot"), ("种类", "kind"), ("统计期", "period"), ("数据时刻", "as of"))
    table = _table(*about, ("冻结", "frozen"), ("印发", "issued as"))
    for row in rows:
        number = "" if row["number"] is None else str(row["number"])
        table.add_row(row["sha256"][:12], text(*KINDS[row["kind"]]), row["period"], stamp(row["as_of"]),
                      stamp(row["frozen_at"]), number)  # fmt: skip
    Console(highlight=False).print(table)
