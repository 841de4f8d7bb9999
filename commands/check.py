"""huiliu check: the hub's verdicts on a file, offline, before anything is sent."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape

from commands import arguments, findings
from commands.arguments import AsJson, Mapped, ReportFile, SentFile, SheetName
from commands.main import NOT_SO
from commands.waits import shown
from deploy.progress import Progress
from gateways.files import report as reports
from gateways.files.report import Judged, Totals
from gateways.files.source import Reading, Source, opened
from huiliu.language import text
from huiliu.settings import Settings
from schemas.event_json import JSON
from validators.catalogue import RULE_SET

if TYPE_CHECKING:
    from commands.offline import LineVerdict, Verdicts

OUTCOMES = {"accepted": ("可入库", "green"), "flagged": ("入库并标记", "yellow"), "quarantined": ("将被隔离", "red")}


def check(
    file: SentFile,
    kind: Annotated[str, typer.Option("--kind", help=text("事项类别", "the kind of all events in it"))],
    division: Annotated[
        str | None,
        typer.Option("--as", help=text("报送单位的区划代码；给出才校验管辖", "publisher; jurisdiction needs it")),
    ] = None,
    limit: Annotated[
        int, typer.Option(min=0, help=text("最多显示多少行，0 为全部", "show so many lines at most; 0 for all"))
    ] = 50,
    mapped: Mapped = None,
    sheet: SheetName = None,
    report: ReportFile = None,
    as_json: AsJson = False,
) -> None:
    """Exit code 3 when a line would be quarantined. With --json one object per line, then a summary."""
    settings = Settings.from_environment()
    kind, publisher = arguments.kind(kind), None if division is None else arguments.division(division)
    if report is not None:
        reports.require_format(report)
    account = Account(kind, publisher)
    out = Console(file=sys.stdout, highlight=False, soft_wrap=True)
    kept: list[LineVerdict] = []
    tell = _json_teller(sys.stdout) if as_json else _printer(out) if not limit else _keeper(kept, limit)
    quiet = sys.stdout.isatty() and (as_json or not limit)
    way = Reading(kind=kind, division=publisher, mapping=mapped or (), sheet=sheet)
    with (
        arguments.opened(file) as given,
        shown(quiet=quiet) as progress,
        opened(given, str(file), way, arguments.size(file)) as source,
        _reported(report, source, file, account) as also,
    ):
        judge_rows(source, settings.record_bytes, account, lambda verdict: (tell(verdict), also(verdict)), progress)
    if as_json:
        typer.echo(json.dumps(account.summary(), ensure_ascii=False))
    else:
        for verdict in kept:
            _printer(out)(verdict)
        show(out, account, shown_lines=len(kept) if limit else None)
    if account.outcomes["quarantined"]:
        raise typer.Exit(NOT_SO)


Teller = Callable[["LineVerdict"], object]


@contextmanager
def _reported(report: Path | None, source: Source, file: Path, account: Account) -> Iterator[Teller]:
    """What writes verdicts into the report as well, where one is wanted."""
    if report is None:
        yield lambda verdict: None
        return
    about: dict[str, Any] = {"文件 file": file.name, "事项 kind": account.kind, "离线校验 checked offline": "是 yes"}
    totals = Totals()
    with reports.writing(report, source.headings, about, totals) as sink:

        def tell(verdict: LineVerdict) -> None:
            judged = Judged(verdict.sent, verdict.outcome, verdict.findings)
            totals.note(judged)
            sink.write(judged)

        yield tell
        about["空行 blank rows"] = source.blank


@dataclass
class Account:
    """The verdicts so far, counted."""

    kind: str
    publisher: str | None
    lines: int = 0
    blank: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    by_code: Counter[str] = field(default_factory=Counter)
    not_evaluated: list[str] = field(default_factory=list)
    meant: str | None = None  #: the kind that the lines seem to be of
    told: list[str] = field(default_factory=list)  #: what is to be said of the file as a whole

    def note(self, verdict: LineVerdict, source: Source) -> None:
        """Count one verdict; the first line that fits no contract is compared with the other kinds."""
        codes = {finding["code"] for finding in verdict.findings}
        if JSON in codes and not self.by_code[JSON]:
            self.meant = source.meant(verdict.sent)
        self.outcomes[verdict.outcome] += 1
        self.by_code.update(codes)

    def summary(self) -> dict[str, Any]:
        """All of it as JSON."""
        return {
            "kind": self.kind,
            "division": self.publisher,
            "lines": self.lines,
            "blank": self.blank,
            "notes": self.told,
            **{name: self.outcomes[name] for name in OUTCOMES},
            "by_code": dict(sorted(self.by_code.items())),
            "kind_meant": self.meant,
            "not_evaluated": self.not_evaluated,
            "rule_set": RULE_SET,
        }


def judge_rows(source: Source, record_bytes: int, account: Account, tell: Teller, progress: Progress) -> None:
    """Judge a file's rows in their order, in bounded memory. Raises FileRefused where the file cannot be taken."""
    label, verdicts = text("校验", "checking"), None
    account.told = findings.of_source(source)
    for portion in source:
        verdicts = verdicts or _verdicts(account, record_bytes, progress)
        for verdict in verdicts.of(portion, source):
            account.note(verdict, source)
            tell(verdict)
        progress("check", label, min(source.done, source.total - 1), source.total)
    progress("check", label, 1, 1)
    account.lines, account.blank = source.rows, source.blank
    account.not_evaluated = sorted(verdicts.not_evaluated) if verdicts else []


def _verdicts(account: Account, record_bytes: int, progress: Progress) -> Verdicts:
    label = text("载入 Great Expectations", "loading Great Expectations")
    progress("gate", label)
    from commands.offline import Verdicts  # takes seconds: not before the file is known to be one that can be read

    verdicts = Verdicts(account.kind, account.publisher, record_bytes)
    progress("gate", label, 1, 1)
    return verdicts


def _json_teller(out: Any) -> Teller:
    def tell(verdict: LineVerdict) -> None:
        told = [findings.described(finding) for finding in verdict.findings]
        line = {"line": verdict.line, "source_ref": verdict.source_ref, "outcome": verdict.outcome, "findings": told}
        out.write(json.dumps(line, ensure_ascii=False) + "\n")

    return tell


def _keeper(kept: list[LineVerdict], limit: int) -> Teller:
    def tell(verdict: LineVerdict) -> None:
        if verdict.findings and len(kept) < limit:
            kept.append(verdict)

    return tell


def _printer(out: Console) -> Teller:
    def tell(verdict: LineVerdict) -> None:
        if verdict.findings:
            zh, colour = OUTCOMES[verdict.outcome]
            reference = f"  {escape(verdict.source_ref)}" if verdict.source_ref else ""
            number = text(f"第 {verdict.line} 行", f"line {verdict.line}")
            out.print(f"{number}  [{colour}]{text(zh, verdict.outcome)}[/]{reference}")
            for line in findings.lines(verdict.findings):
                out.print(line)

    return tell


def show(out: Console, account: Account, shown_lines: int | None) -> None:
    """The counts, and what could not be judged here."""
    accepted, flagged, quarantined = (account.outcomes[name] for name in OUTCOMES)
    told = flagged + quarantined
    if shown_lines is not None and told > shown_lines:
        more = told - shown_lines
        out.print(text(f"……另有 {more} 行，全部：--limit 0", f"… {more} lines more; all of them: --limit 0"))
    if account.meant:
        meant = account.meant
        out.print(text(f"[yellow]这些行像是 {meant}：--kind {meant}[/]", f"[yellow]These look like --kind {meant}[/]"))
    for note in account.told:
        out.print(escape(note), style="dim")
    for code, lines in account.by_code.most_common():
        out.print(f"  {code}  {lines}")
    out.print(
        text(
            f"{account.lines} 行：可入库 {accepted}，入库并标记 {flagged}，将被隔离 {quarantined}",
            f"{account.lines} lines: {accepted} accepted, {flagged} flagged, {quarantined} would be quarantined",
        )
    )
    if account.not_evaluated:
        codes = ", ".join(account.not_evaluated)
        out.print(text(f"离线未判（入库时判）：{codes}", f"not evaluated here, but by the hub: {codes}"), style="dim")
