"""huiliu report corrigendum: what an issued report would say today, held against it cell by cell, with the reasons."""

from __future__ import annotations

import json
from datetime import UTC
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from commands import arguments, report_files
from commands.arguments import AsJson
from commands.errors import CommandError
from commands.report_files import Into
from commands.waits import shown
from commands.warehouse import reading, writing
from deploy.endpoints import resolve
from huiliu.language import text
from huiliu.settings import Settings
from oversight.reports.correction import Base, corrigendum
from oversight.reports.document import document
from oversight.reports.freezing import Asked, between, freeze
from oversight.reports.imprint import fitting
from oversight.reports.issuing import thawed
from oversight.reports.snapshot import Snapshot
from oversight.rule_files import in_use
from oversight.transmission.windows import Windows
from sinks import reports
from sinks.reports import Issued
from sinks.warehouse import Connection

LONG = 200  #: characters of a reason
SHOWN = 40  #: differences that are shown to a person; the files have all

Number = Annotated[int, typer.Argument(min=1, help=text("已印发报告的号", "the number of an issued report"))]
Reason = Annotated[str, typer.Option("--reason", help=text("更正原因，写入更正", "why, as the corrigendum says it"))]
AsOf = Annotated[str | None, typer.Option("--as-of", help=text("以此时已入库的为准", "as known then (ISO 8601)"))]


def correct(
    number: Number,
    reason: Reason = "报送单位更正报送",
    as_of: AsOf = None,
    into: Into = None,
    as_json: AsJson = False,
) -> None:
    """Freeze the period anew and compare; where nothing differs there is nothing to correct."""
    settings, why = Settings.from_environment(), fitting("--reason", reason, longest=LONG)
    endpoints, windows = resolve(settings), Windows(mark_hours=settings.mark_hours)
    with shown(quiet=as_json) as progress, reading(endpoints) as connection:
        report = _correctable(connection, number)
        stood = thawed(reports.content(connection, report.stands))
        base = _base(connection, report, stood)
        moment = None if as_of is None else arguments.moment(as_of).astimezone(UTC)
        asked = Asked(stood.kind, stood.province, stood.period, moment, in_use(settings.oversight_rules))
        now = freeze(connection, asked, windows, lambda label, done, total: progress("report", label, done, total))
        progress("compare", text("逐格比较", "comparing cell by cell"))
        found = corrigendum(base, now, between(connection, stood, now), why)
        progress("compare", text("逐格比较", "comparing cell by cell"), 1, 1)
    if found is None:
        _nothing(number, as_json)
        return
    with writing(endpoints) as connection:
        for snapshot in (now, found):
            reports.keep(connection, report_files.as_frozen(snapshot))
    _tell(number, found, report_files.write(found, None, into, quiet=as_json), as_json)


def _correctable(connection: Connection, number: int) -> Issued:
    report = reports.issued(connection, number)
    if report.corrected_by is not None:
        raise CommandError(
            text(
                f"第 {number} 号已由第 {report.corrected_by} 号更正：请对第 {report.corrected_by} 号再作更正",
                f"Number {number} was corrected by number {report.corrected_by}: correct that one.",
            )
        )
    return report


def _base(connection: Connection, report: Issued, stood: Snapshot) -> Base:
    issued = thawed(reports.content(connection, report.snapshot))
    imprint = report_files.imprint_of(report)
    return Base(
        number=report.number,
        document_number=imprint.document_number,
        title=document(issued, imprint)["title"],
        issued_at=imprint.issued_at,
        stood=stood,
    )


def _nothing(number: int, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps({"corrects": number, "differences": [], "snapshot": None}))
    else:
        typer.echo(text(f"与第 {number} 号逐格相同，无须更正。", f"Every cell is as number {number} says."))


def _tell(number: int, found: Snapshot, paths: dict[str, Path], as_json: bool) -> None:
    table = found.sections[0]
    if as_json:
        names = [column.name for column in table.columns]
        told: dict[str, Any] = {
            "corrects": number,
            "snapshot": found.sha256,
            "stands": (found.corrects or {})["stands"],
            "differences": [dict(zip(names, row, strict=True)) for row in table.rows],
            "files": report_files.files_json(paths),
        }
        typer.echo(json.dumps(told, ensure_ascii=False))
        return
    out = Console(highlight=False)
    shown_ = Table(box=None, pad_edge=False)
    for column in table.columns[:1] + table.columns[2:]:
        shown_.add_column(column.heading, overflow="fold")
    for row in table.rows[:SHOWN]:
        shown_.add_row(*(escape(str(cell)) for cell in row[:1] + row[2:]))
    out.print(shown_)
    more = len(table.rows) - SHOWN
    if more > 0:
        out.print(text(f"另有 {more} 处，见文件", f"and {more} more, see the files"), style="dim")
    for path in paths.values():
        out.print(f"  {escape(str(path))}")
    short = found.sha256[:12]
    out.print(
        text(
            f"印发更正：huiliu report issue {short} --organ 发文机关 --by 经办人",
            f"Issue it: huiliu report issue {short} --organ ORGAN --by NAME",
        ),
        style="dim",
    )
