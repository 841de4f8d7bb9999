"""huiliu region: the regions that views can be of."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from commands import arguments
from commands.arguments import AsJson, spoken
from huiliu.language import text
from oversight import region as regions

app = arguments.group()

RegionFile = Annotated[
    Path | None, typer.Option("--regions", help=text("自有区域文件（JSON）", "a file of your own regions (JSON)"))
]


@app.callback()
def region() -> None:
    """区域：有名称、有日期的一组区划 | regions: named, dated sets of divisions."""


@app.command("list")
def list_regions(file: RegionFile = None, as_json: AsJson = False) -> None:
    """列出区域及其区划、日期、出处 | regions with their divisions, days and source."""
    known = regions.shipped() if file is None else regions.read(file)
    if as_json:
        told = [
            {
                **{name: getattr(one, name) for name in ("region", "zh", "en", "source")},
                "valid_from": str(one.valid_from),
                "valid_to": None if one.valid_to is None else str(one.valid_to),
                "divisions": list(one.divisions),
            }
            for one in known
        ]
        typer.echo(json.dumps({"regions": told}, ensure_ascii=False))
        return
    table = Table(box=None, pad_edge=False)
    for zh, en in (("区域", "region"), ("自", "from"), ("至", "to"), ("区划", "divisions"), ("出处", "source")):
        table.add_column(text(zh, en), overflow="fold")
    for one in known:
        held = text("、", ", ").join(spoken(code) for code in one.divisions)
        until = str(one.valid_to or "")
        table.add_row(f"{one.region} {text(one.zh, one.en)}", str(one.valid_from), until, held, escape(one.source))
    Console(highlight=False).print(table)
