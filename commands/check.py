"""huiliu check: the hub's verdicts on a file, offline, before anything is sent."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, BinaryIO

import typer
from rich.console import Console
from rich.markup import escape

from commands import arguments, findings
from commands.arguments import AsJson
from commands.json_lines import Line, Reader, likelier_kind
from commands.main import NOT_SO
from commands.waits import shown
from deploy.progress import Progress
from huiliu.language import text
from huiliu.settings import Settings
from schemas.event_json import JSON
from validators.catalogue import RULE_SET

if TYPE_CHECKING:
    from commands.offline import LineVerdict, Verdicts

OUTCOMES = {"accepted": ("可入库", "green"), "flagged": ("入库并标记", "yellow"), "quarantined": ("将被隔离", "red")}


def check(
    file: Annotated[Path, typer.Argument(help=text("JSON 行文件；- 为标准输入", "JSON lines; - reads standard input"))],
    kind: Annotated[str, typer.Option("--kind", help=text("事项类别", "the kind of all events in it"))],
    division: Annotated[
        str | None,
        typer.Option("--as", help=text("报送单位的区划代码；给出才校验管辖", "publisher; jurisdiction needs it")),
    ] = None,
    limit: Annotated[
        int, typer.Option(min=0, help=text("最多显示多少行，0 为全部", "show so many lines at most; 0 for all"))
    ] = 50,
    as_json: AsJson = False,
) -> None:
    """Exit code 3 when a line would be quarantined. With --json one object per line, then a summary."""
    settings = Settings.from_environment()
    kind, publisher = arguments.kind(kind), None if division is None else arguments.division(division)
    account = Account(kind, publisher)
    out = Console(file=sys.stdout, highlight=False, soft_wrap=True)
    kept: list[LineVerdict] = []
    tell = _json_teller(sys.stdout) if as_json else _printer(out) if not limit else _keeper(kept, limit)
    quiet = sys.stdout.isatty() and (as_json or not limit)
    with arguments.opened(file) as source, shown(quiet=quiet) as progress:
        judge_lines(source, file, settings.record_bytes, account, tell, progress)
    if as_json:
        typer.echo(json.dumps(account.summary(), ensure_ascii=False))
    else:
        for verdict in kept:
            _printer(out)(verdict)
        show(out, account, shown_lines=len(kept) if limit else None)
    if account.outcomes["quarantined"]:
        raise typer.Exit(NOT_SO)


Teller = Callable[["LineVerdict"], None]


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

    def note(self, verdict: LineVerdict, line: Line) -> None:
        """Count one verdict; the first line that fits no contract is compared with the other kinds."""
        codes = {finding["code"] for finding in verdict.findings}
        if JSON in codes and not self.by_code[JSON]:
            self.meant = likelier_kind(self.kind, line.content)
        self.outcomes[verdict.outcome] += 1
        self.by_code.update(codes)

    def summary(self) -> dict[str, Any]:
        """All of it as JSON."""
        return {
            "kind": self.kind,
            "division": self.publisher,
            "lines": self.lines,
            "blank": self.blank,
            **{name: self.outcomes[name] for name in OUTCOMES},
            "by_code": dict(sorted(self.by_code.items())),
            "kind_meant": self.meant,
            "not_evaluated": self.not_evaluated,
            "rule_set": RULE_SET,
        }


def judge_lines(
    source: BinaryIO, file: Path, record_bytes: int, account: Account, tell: Teller, progress: Progress
) -> None:
    """Judge a file's lines in their order, in bounded memory. Raises CommandError if it is no file of JSON lines."""
    reader, total = Reader(source, str(file)), arguments.size(file)
    label, verdicts = text("校验", "checking"), None
    for lines in reader:
        verdicts = verdicts or _verdicts(account, record_bytes, progress)
        for line, verdict in zip(lines, verdicts.of(lines), strict=True):
            account.note(verdict, line)
            tell(verdict)
        progress("check", label, min(reader.bytes_read, total - 1), total)
    progress("check", label, 1, 1)
    account.lines, account.blank = reader.lines - reader.blank, reader.blank
    account.not_evaluated = sorted(verdicts.not_evaluated) if verdicts else []


def _verdicts(account: Account, record_bytes: int, progress: Progress) -> Verdicts:
    label = text("载入 Great Expectations", "loading Great Expectations")
    progress("gate", label)
    from commands.offline import Verdicts  # takes seconds: not before the file is known to be one of JSON lines

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
