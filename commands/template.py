"""huiliu template: a workbook to fill in, for those who have no system of their own."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from commands import arguments
from gateways.files.template import write
from huiliu.language import text
from huiliu.settings import Settings


def template(
    kind: Annotated[str, typer.Argument(help=text("事项类别", "the kind of event"))],
    out: Annotated[Path, typer.Option("--out", help=text("写入此 .xlsx 文件", "write this .xlsx file"))],
    example: Annotated[
        bool, typer.Option("--example", help=text("填入一行示例", "with one good example filled in"))
    ] = False,
) -> None:
    """The template of a kind's newest contract."""
    name = arguments.kind(kind)
    write(name, out, province=Settings.from_environment().province, example=example)
    typer.echo(
        text(
            f"{out}：填好“数据”表后 huiliu check {out} --kind {name} --as 区划代码",
            f"{out}: fill in 数据, then huiliu check {out} --kind {name} --as DIVISION",
        )
    )
