"""huiliu quarantine digest: many findings as few causes, with exact counts, examples and the way to mend them."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape

from commands import arguments
from commands.arguments import AsJson
from commands.figures import stamp
from commands.warehouse import reading
from deploy.endpoints import resolve
from huiliu.language import language, text
from huiliu.settings import Settings
from sinks import digest as digests
from sinks.digest import Cause, Digest
from sinks.quarantine import UNSETTLED
from validators import catalogue, wording


def digest(
    publisher: Annotated[
        str | None, typer.Option("--publisher", help=text("区划代码，含其下级", "a division, and those in it"))
    ] = None,
    kind: Annotated[str | None, typer.Option("--kind", help=text("事项类别", "kind"))] = None,
    every: Annotated[bool, typer.Option("--all", help=text("含已了结的", "also of what is settled"))] = False,
    warnings: Annotated[
        bool,
        typer.Option("--warnings", help=text("含已入库事项的警告", "warnings of what was loaded too")),
    ] = False,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help=text("最多多少组", "so many groups at most"))] = 20,
    as_json: AsJson = False,
) -> None:
    """By publisher, kind, rule, field and form of the value (9 digits, A letters, 汉 Chinese), largest first."""
    with reading(resolve(Settings.from_environment())) as connection:
        found = digests.digest(
            connection,
            division=None if publisher is None else arguments.division(publisher),
            kind=None if kind is None else arguments.kind(kind),
            severity=None if warnings else "error",
            statuses=None if every or warnings else UNSETTLED,
            limit=limit,
        )
    if as_json:
        typer.echo(json.dumps(described(found), ensure_ascii=False))
    else:
        _show(found)


def described(found: Digest) -> dict[str, Any]:
    """The digest as JSON, each cause with its words in the reader's language."""
    return {
        "groups": found.groups,
        "findings": found.findings,
        "causes": [
            {
                **asdict(cause),
                "first_seen": cause.first_seen.isoformat(),
                "last_seen": cause.last_seen.isoformat(),
                **_words(cause),
            }
            for cause in found.causes
        ],
    }


def _words(cause: Cause) -> dict[str, str]:
    if cause.code not in catalogue.RULES or not cause.examples:
        return {}
    finding = {**cause.examples[0], "code": cause.code, "field": cause.field}
    return {"message": wording.render(finding, language()), "mend": wording.mend(finding, language())}


def _show(found: Digest) -> None:
    out = Console(highlight=False, soft_wrap=True)
    if not found.causes:
        out.print(text("没有待处理的问题。", "There is nothing to mend."))
        return
    shown = 0
    for number, cause in enumerate(found.causes, 1):
        shown += cause.findings
        share = 100 * shown / found.findings
        pattern = text("（空）", "(none)") if cause.pattern is None else cause.pattern
        out.print(
            f"{number:>3}  [bold]{cause.findings:,}[/]  {arguments.spoken(cause.publisher)}  {cause.kind}  "
            f"[red]{cause.code}[/] {escape(cause.field)}  {escape(pattern)}  "
            + text(f"累计 {share:.1f}%", f"{share:.1f} % with those above")
        )
        out.print(f"     {stamp(cause.first_seen)} – {stamp(cause.last_seen)}", style="dim")
        words = _words(cause)
        if words:
            out.print(f"     {escape(words['message'])}\n     → {escape(words['mend'])}")
        for example in cause.examples:
            place = f"{example['topic']} {example['partition']} {example['offset']}"
            out.print(
                f"       {place}  {escape(str(example['source_ref'] or ''))}  {escape(str(example['value'] or ''))}"
            )
    left = found.findings - shown
    out.print(
        text(
            f"{found.findings:,} 个问题，{found.groups:,} 组" + (f"，未列出 {left:,} 个" if left else ""),
            f"{found.findings:,} findings in {found.groups:,} groups"
            + (f", {left:,} of them not listed" if left else ""),
        )
    )
