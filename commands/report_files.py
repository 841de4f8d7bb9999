"""Files of reports: written beside each other, made again from what is kept, and checked against it."""

from __future__ import annotations

import hashlib
import io
import json
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from rich.console import Console

from commands import arguments
from commands.arguments import AsJson
from commands.errors import CommandError
from commands.figures import stamp
from commands.main import NOT_SO
from commands.waits import shown
from commands.warehouse import reading
from deploy.endpoints import resolve
from huiliu.language import text
from huiliu.settings import Settings
from oversight.reports.imprint import Imprint
from oversight.reports.issuing import Files, made, thawed
from oversight.reports.snapshot import Snapshot
from sinks import reports
from sinks.errors import UnknownName
from sinks.reports import Frozen, Issued
from sinks.warehouse import Connection

Into = Annotated[
    Path | None,
    typer.Option("--into", help=text("文件写入此目录，默认当前目录", "the folder to write to; default: here")),
]
LARGEST: Final = 64 << 20  #: bytes of a file that is checked
_HASH: Final = re.compile(rb"sha256:([0-9a-f]{64})")


def as_frozen(snapshot: Snapshot) -> Frozen:
    """The snapshot as the warehouse keeps it."""
    return Frozen(
        sha256=snapshot.sha256,
        kind=snapshot.kind,
        province=snapshot.province,
        period=snapshot.period.text,
        as_of=datetime.fromisoformat(snapshot.as_of),
        content=snapshot.content,
    )


def imprint_of(report: Issued) -> Imprint:
    """How a report was issued."""
    return Imprint(**report.imprint)


def as_json(report: Issued) -> dict[str, Any]:
    """An issued report for programs."""
    return {name: getattr(report, name) for name in Issued.__slots__}


def write(snapshot: Snapshot, imprint: Imprint | None, into: Path | None, *, quiet: bool) -> dict[str, Path]:
    """Set and write PDF, XLSX and the snapshot itself. Raises CommandError where the folder cannot be written."""
    with shown(quiet=quiet) as progress:
        progress("files", text("排版 PDF 与工作簿", "setting PDF and workbook"))
        files = made(snapshot, imprint)
        progress("files", text("排版 PDF 与工作簿", "setting PDF and workbook"), 1, 1)
    return save(files, into)


def save(files: Files, into: Path | None) -> dict[str, Path]:
    """Write the files of a report into a folder, which is made where it is missing. Raises CommandError."""
    folder = into or Path()
    paths = {}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for ending, content in files.by_ending.items():
            paths[ending] = folder / f"{files.name}.{ending}"
            paths[ending].write_bytes(content)
    except OSError as fault:
        raise CommandError(
            text(
                f"无法写入 {folder}：{fault.strerror}。请用 --into 给出可写的目录。",
                f"{folder} cannot be written: {fault.strerror}. Give a folder that can be with --into.",
            )
        ) from fault
    return paths


def show(
    which: Annotated[
        str, typer.Argument(help=text("报告号，或快照哈希的前几位", "a number, or a snapshot's first digits"))
    ],
    into: Into = None,
    as_json_: AsJson = False,
) -> None:
    """Make the files again and say whether they are, byte for byte, what was issued."""
    with reading(resolve(Settings.from_environment())) as connection:
        report = reports.issued(connection, int(which)) if which.isdecimal() and len(which) < 8 else None
        snapshot = thawed(reports.content(connection, report.snapshot if report else which))
    files = made(snapshot, imprint_of(report) if report else None)
    same = report is None or (files.pdf_sha256, files.xlsx_sha256) == (report.pdf_sha256, report.xlsx_sha256)
    paths = save(files, into)
    if as_json_:
        told = {"snapshot": snapshot.sha256, "report": report and as_json(report), "same": same,
                "files": {name: str(path) for name, path in paths.items()}}  # fmt: skip
        typer.echo(json.dumps(told, ensure_ascii=False, default=str))
    else:
        for path in paths.values():
            typer.echo(str(path))
        typer.echo(_same(report, same))
    if not same:
        raise typer.Exit(NOT_SO)


def _same(report: Issued | None, same: bool) -> str:
    if report is None:
        return text("草稿，未印发。", "A draft, not issued.")
    if same:
        return text(
            f"与第 {report.number} 号印发时逐字节相同。", f"Byte for byte as number {report.number} was issued."
        )
    return text(
        f"与第 {report.number} 号印发时不同：排版程序或字体的版本变了；数字未变（快照哈希相同）。",
        f"Not the bytes of number {report.number} as issued: typesetter or fonts have another version by now; the "
        "figures are the same (same snapshot).",
    )


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a file is. ``genuine``: exactly as issued, or exactly the draft of a kept snapshot."""

    genuine: bool
    zh: str
    en: str
    report: Issued | None = None
    snapshot: str | None = None


def verify(
    file: Annotated[Path, typer.Argument(help=text("PDF、XLSX 或快照 JSON", "PDF, XLSX or snapshot JSON"))],
    as_json_: AsJson = False,
) -> None:
    """Exit code 3 if the file is not exactly what was issued or frozen."""
    content = _content(file)
    with reading(resolve(Settings.from_environment())) as connection:
        verdict = judged(connection, content)
    if as_json_:
        told = {
            "file": str(file),
            "genuine": verdict.genuine,
            "snapshot": verdict.snapshot,
            "message": text(verdict.zh, verdict.en),
            "report": verdict.report and as_json(verdict.report),
        }
        typer.echo(json.dumps(told, ensure_ascii=False, default=str))
    else:
        colour = "green" if verdict.genuine else "red"
        Console(highlight=False).print(f"[{colour}]{text(verdict.zh, verdict.en)}[/]")
    if not verdict.genuine:
        raise typer.Exit(NOT_SO)


def _content(file: Path) -> bytes:
    with arguments.opened(file) as source:
        content = source.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise CommandError(
            text(f"{file} 超过 {LARGEST >> 20} MiB，不是报告", f"{file} is beyond {LARGEST >> 20} MiB: no report.")
        )
    return content


def judged(connection: Connection, content: bytes) -> Verdict:
    """What a file is: as issued, a draft, a snapshot, one of ours that was changed, or none of ours."""
    digest = hashlib.sha256(content).hexdigest()
    listed = reports.listed(connection)
    for report in listed:
        if digest in (report.pdf_sha256, report.xlsx_sha256, report.snapshot):
            return _issued(report)
    named = embedded(content) or digest
    try:
        snapshot = thawed(reports.content(connection, named))
    except UnknownName:
        return Verdict(False, "不是本库印发或冻结的报告", "No report that was issued or frozen here.")
    short = named[:12]
    if digest == named:
        said = f"快照 {short}，与冻结时相同，未印发", f"Snapshot {short} as frozen, not issued."
        return Verdict(True, *said, snapshot=named)
    draft = made(snapshot, None)
    if digest in (draft.pdf_sha256, draft.xlsx_sha256):
        said = f"快照 {short} 的草稿，未印发", f"The draft of snapshot {short}, not issued."
        return Verdict(True, *said, snapshot=named)
    same = next((report for report in listed if report.snapshot == named), None)
    number = f"第 {same.number} 号报告" if same else "一份草稿"
    return Verdict(
        False,
        f"文件自称是{number}（快照 {named[:12]}），但与印发或冻结时不同：已被改动，或由别的版本生成",
        f"It says it is {f'number {same.number}' if same else 'a draft'} (snapshot {named[:12]}), but its bytes are "
        "not: changed, or made by another version.",
        report=same,
        snapshot=named,
    )


def _issued(report: Issued) -> Verdict:
    when = stamp(report.issued_at)
    after_zh = f"；此后已由第 {report.corrected_by} 号更正" if report.corrected_by else ""
    after_en = f" Number {report.corrected_by} corrects it." if report.corrected_by else ""
    return Verdict(
        True,
        f"第 {report.number} 号报告，与 {when} 印发时逐字节相同{after_zh}",
        f"Number {report.number}, byte for byte as issued at {when}.{after_en}",
        report=report,
        snapshot=report.snapshot,
    )


def embedded(content: bytes) -> str | None:
    """The snapshot's hash that a file carries in its metadata; None where it carries none."""
    if content[:4] == b"PK\x03\x04":
        try:
            with zipfile.ZipFile(io.BytesIO(content)) as book:
                content = book.open("docProps/core.xml").read(1 << 20)
        except (zipfile.BadZipFile, KeyError, OSError, EOFError):
            return None
    found = _HASH.search(content)
    return found[1].decode() if found else None


def snapshot_of(connection: Connection, which: str) -> Snapshot:
    """A kept snapshot by its hash or first digits."""
    return thawed(reports.content(connection, which))


def files_json(paths: Mapping[str, Path]) -> dict[str, str]:
    """Paths for programs."""
    return {name: str(path) for name, path in paths.items()}
