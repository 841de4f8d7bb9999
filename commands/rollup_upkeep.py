"""huiliu rollup rebuild and huiliu rollup fold: the rollups written anew from the facts, and their shards added up."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from commands import arguments
from commands.arguments import AsJson
from commands.waits import shown
from deploy.endpoints import resolve
from huiliu.language import text
from huiliu.settings import Settings
from sinks import upkeep
from sinks.rollups import ROLLUPS
from sinks.upkeep import Rebuilt
from sinks.warehouse import Warehouse

Kinds = Annotated[
    list[str] | None, typer.Argument(help=text("事项类别；不写为全部", "kinds; all of them when none is given"))
]


def rebuild(kinds: Kinds = None, as_json: AsJson = False) -> None:
    """Batches of a kind wait while its rollup is written; readers see the former one until then."""
    chosen, done = _chosen(kinds), list[Rebuilt]()
    with _opened() as warehouse, shown(quiet=as_json) as progress:
        for kind in chosen:
            label = text(f"重建 {kind} 汇总", f"rebuilding the rollup of {kind}")
            progress(kind, label)
            done.append(upkeep.rebuild(warehouse, kind))
            progress(kind, label, 1, 1)
    if as_json:
        typer.echo(json.dumps({"rebuilt": [asdict(one) for one in done]}))
    else:
        _show(done)


def fold(kinds: Kinds = None, as_json: AsJson = False) -> None:
    """Rows that several workers wrote of one figure become one; figures stay the same."""
    gone = {}
    with _opened() as warehouse, shown(quiet=as_json) as progress:
        for kind in _chosen(kinds):
            label = text(f"合并 {kind} 分片", f"folding the shards of {kind}")
            progress(kind, label)
            gone[kind] = upkeep.fold(warehouse, kind)
            progress(kind, label, 1, 1)
    if as_json:
        typer.echo(json.dumps({"folded": gone}))
    else:
        for kind, rows in gone.items():
            typer.echo(text(f"{kind}：少了 {rows:,} 行", f"{kind}: {rows:,} rows fewer"))


def _chosen(kinds: Iterable[str] | None) -> list[str]:
    return [arguments.kind(kind, ROLLUPS) for kind in kinds or ROLLUPS]


@contextmanager
def _opened() -> Iterator[Warehouse]:
    warehouse = Warehouse(resolve(Settings.from_environment()).database)
    try:
        yield warehouse
    finally:
        warehouse.close()


def _show(done: Iterable[Rebuilt]) -> None:
    table = Table(box=None, pad_edge=False)
    table.add_column("")
    for words in (("组", "groups"), ("原先不符", "were different"), ("秒", "seconds")):
        table.add_column(text(*words), justify="right")
    for one in done:
        table.add_row(one.kind, f"{one.groups:,}", f"{one.different:,}", f"{one.seconds:.1f}")
    Console(highlight=False).print(table)
