"""huiliu report issue: a frozen report gets its number and its imprint, and is from then on only corrected openly."""

from __future__ import annotations

import json
from typing import Annotated, Final

import typer

from commands import report_files
from commands.arguments import AsJson
from commands.report_files import Into
from commands.waits import shown
from commands.warehouse import writing
from deploy.endpoints import resolve
from huiliu.language import text
from huiliu.period import SHANGHAI
from huiliu.settings import Settings
from oversight.reports.imprint import ADDRESSEE, Imprint, fitting
from oversight.reports.issuing import made
from sinks import reports
from sinks.reports import Issued

LONG: Final = 200  #: characters of addressees and copies

Which = Annotated[str, typer.Argument(help=text("快照哈希，或其前几位", "the snapshot's hash, or its first digits"))]
Organ = Annotated[str, typer.Option("--organ", help=text("发文机关", "the issuing organ"))]
By = Annotated[str, typer.Option("--by", help=text("经办人", "who is answerable for it"))]
Number = Annotated[str, typer.Option("--document-number", help=text("发文字号", "the organ's own document number"))]
To = Annotated[str, typer.Option("--to", help=text("主送机关", "the addressees"))]
Copies = Annotated[str, typer.Option("--copies", help=text("抄送机关", "who gets copies"))]


def issue(
    which: Which,
    organ: Organ,
    by: By,
    document_number: Number = "",
    to: To = ADDRESSEE,
    copies: Copies = "",
    into: Into = None,
    as_json: AsJson = False,
) -> None:
    """Number, set and enter it in one transaction: either all of it is done or nothing."""
    names = {
        "organ": fitting("--organ", organ),
        "issuer": fitting("--by", by),
        "document_number": fitting("--document-number", document_number, needed=False),
        "addressee": fitting("--to", to, longest=LONG),
        "copies": fitting("--copies", copies, needed=False, longest=LONG),
    }
    with shown(quiet=as_json) as progress, writing(resolve(Settings.from_environment())) as connection:
        progress("issue", text("印发", "issuing"))
        snapshot = report_files.snapshot_of(connection, which)
        number, at = reports.numbering(connection)
        imprint = Imprint(number=number, issued_at=at.astimezone(SHANGHAI).isoformat(timespec="seconds"), **names)
        files = made(snapshot, imprint)
        corrects = snapshot.corrects or {}
        report = Issued(
            number=number, kind=snapshot.kind, province=snapshot.province, period=snapshot.period.text,
            snapshot=snapshot.sha256, stands=corrects.get("stands", snapshot.sha256), imprint=imprint.told(),
            pdf_sha256=files.pdf_sha256, xlsx_sha256=files.xlsx_sha256, corrects=corrects.get("number"),
        )  # fmt: skip
        reports.issue(connection, report)
        progress("issue", text("印发", "issuing"), 1, 1)
    paths = report_files.save(files, into)
    if as_json:
        told = {**report_files.as_json(report), "files": report_files.files_json(paths)}
        typer.echo(json.dumps(told, ensure_ascii=False, default=str))
        return
    typer.echo(text(f"已印发，第 {number} 号。", f"Issued as number {number}."))
    for path in paths.values():
        typer.echo(f"  {path}")
