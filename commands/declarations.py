"""huiliu transmission declare, document, withdraw, declarations: stops, outages and repairs of outlets."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from commands import arguments
from commands.arguments import AsJson
from commands.errors import CommandError
from commands.figures import code, stamp
from commands.warehouse import reading, writing
from deploy.endpoints import resolve
from huiliu.language import text
from huiliu.period import SHANGHAI
from huiliu.settings import Settings
from oversight.transmission.marks import DECLARABLE
from schemas.contract import code_table
from sinks import declarations
from sinks.declarations import Declaration

By = Annotated[str, typer.Option("--by", help=text("谁申报（姓名或账号）", "who says so"))]
Number = Annotated[int, typer.Argument(help=text("申报号", "number of the declaration"))]

LONGEST: Final = 500  # characters of a reason, name or document number


def join(app: typer.Typer) -> None:
    """Add these commands to the group."""
    app.command("declare", help=text("申报停运、故障、修约等时段", "declare a stop, an outage, a repair"))(declare)
    app.command("document", help=text("为申报登记证明文件", "give the document for a declaration"))(document)
    app.command("withdraw", help=text("撤回申报", "withdraw a declaration"))(withdraw)
    app.command("declarations", help=text("列出申报", "list declarations"))(listed)


def declare(
    mn: Annotated[str, typer.Option("--mn", help=text("排放口", "outlet"))],
    mark: Annotated[str, typer.Option("--mark", help=text("标记：", "mark: ") + " ".join(DECLARABLE))],
    starts: Annotated[str, typer.Option("--from", help=text("起（整点，北京时间）", "from, on the hour, Shanghai"))],
    ends: Annotated[str, typer.Option("--to", help=text("止（整点，不含）", "to before, on the hour"))],
    reason: Annotated[str, typer.Option("--reason", help=text("原因", "reason"))],
    by: By,
    pollutant: Annotated[
        str | None, typer.Option("--pollutant", help=text("因子，默认全部", "factor; else all of them"))
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Kept with the database's time; nothing is ever changed, only withdrawn."""
    if mark not in DECLARABLE:
        allowed = ", ".join(f"{name} {code_table('mark')[name].label}" for name in DECLARABLE)
        raise CommandError(
            text(f"不能申报 {mark!r}，可用：{allowed}", f"{mark!r} cannot be declared. Allowed: {allowed}")
        )
    said = Declaration(
        mn=mn,
        mark=mark,
        starts=arguments.moment(starts),
        ends=arguments.moment(ends),
        reason=short("--reason", reason),
        declared_by=short("--by", by),
        pollutant=pollutant and code("pollutant", pollutant),
    )
    with writing(resolve(Settings.from_environment())) as connection:
        number = declarations.declare(connection, said)
    tell(
        as_json,
        number,
        f"已申报 {number}。次月 10 日前请登记证明文件：huiliu transmission document {number} --name 文号 --by 姓名",
        f"Declared: {number}. Give its document by the 10th of the next month: "
        f"huiliu transmission document {number} --name NUMBER --by NAME",
    )


def document(
    number: Number,
    name: Annotated[str, typer.Option("--name", help=text("文号或文件名", "number or name of the document"))],
    by: By,
    file: Annotated[
        Path | None, typer.Option("--file", help=text("文件，记下其 SHA-256", "its file: the SHA-256 is kept"))
    ] = None,
    as_json: AsJson = False,
) -> None:
    """The file itself stays where it is; its hash proves later which one it was."""
    with writing(resolve(Settings.from_environment())) as connection:
        declarations.document(
            connection, number, short("--name", name), None if file is None else digest(file), short("--by", by)
        )
    tell(as_json, number, f"申报 {number} 已登记证明文件", f"The document of declaration {number} is registered.")


def withdraw(number: Number, by: By, as_json: AsJson = False) -> None:
    """Figures computed from now on do not have it; immediate figures of before keep it."""
    with writing(resolve(Settings.from_environment())) as connection:
        declarations.withdraw(connection, number, short("--by", by))
    tell(as_json, number, f"申报 {number} 已撤回", f"Declaration {number} is withdrawn.")


def listed(
    mn: Annotated[str | None, typer.Option("--mn", help=text("一个排放口", "one outlet"))] = None,
    as_json: AsJson = False,
) -> None:
    """Newest first, with every step."""
    with reading(resolve(Settings.from_environment())) as connection:
        found = declarations.listed(connection, mn)
    if as_json:
        typer.echo(json.dumps({"declarations": found.to_dicts()}, ensure_ascii=False, default=str))
        return
    table = Table(box=None, pad_edge=False)
    heads = ("号", "#"), ("MN", "MN"), ("因子", "factor"), ("标记", "mark"), ("时段", "span"), ("申报", "declared")
    for zh, en in (*heads, ("证明", "document"), ("撤回", "withdrawn"), ("原因", "reason")):
        table.add_column(text(zh, en), overflow="fold")
    for row in found.iter_rows(named=True):
        span = f"{hour(row['starts'])} – {hour(row['ends'])}"
        said = (row["document"] and f"{row['document']} {stamp(row['documented_at'])}") or "-"
        table.add_row(
            str(row["declaration"]), row["mn"], row["pollutant"] or text("全部", "all"),
            code_table("mark")[row["mark"]].label, span, f"{escape(row['declared_by'])} {stamp(row['recorded_at'])}",
            escape(said), stamp(row["withdrawn_at"]), escape(row["reason"]),
        )  # fmt: skip
    Console(highlight=False).print(table)


def hour(when: datetime) -> str:
    """An hour in Shanghai."""
    return when.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:00")


def short(option: str, given: str) -> str:
    """A text of a person, not empty and not endless. Raises CommandError that names the option."""
    told = given.strip()
    if 0 < len(told) <= LONGEST:
        return told
    raise CommandError(text(f"{option}：请用 1 至 {LONGEST} 个字符", f"{option}: write 1 to {LONGEST} characters."))


def digest(file: Path) -> bytes:
    """The SHA-256 of a file. Raises CommandError."""
    found = hashlib.sha256()
    with arguments.opened(file) as source:
        while piece := source.read(1 << 20):
            found.update(piece)
    return found.digest()


def tell(as_json: bool, number: int, zh: str, en: str) -> None:
    """What was done."""
    typer.echo(json.dumps({"declaration": number}) if as_json else text(zh, en))
