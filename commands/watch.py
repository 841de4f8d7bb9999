"""huiliu watch: a folder into which counties drop files, each answered with a report beside it."""

from __future__ import annotations

import json
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.console import Console
from rich.markup import escape

from commands import arguments
from commands.arguments import AsJson, Mapped
from commands.errors import CommandError
from commands.publish import Delivery, require
from deploy.endpoints import resolve
from gateways.files.watched import Told, Watched, held
from huiliu.errors import Unavailable
from huiliu.language import text
from huiliu.settings import Settings
from schemas.topics import Intake

#: Between two looks when nothing stirs, and before what is away is asked again, seconds.
_LOOK: Final = 1.0
_AGAIN: Final = 5.0


def watch(
    folder: Annotated[Path, typer.Argument(help=text("目录", "the folder"))],
    kind: Annotated[
        str | None, typer.Option("--kind", help=text("其中所有文件的事项类别", "the kind of all files in it"))
    ] = None,
    division: Annotated[
        str | None, typer.Option("--as", help=text("其中所有文件的报送单位", "the publisher of all files in it"))
    ] = None,
    mapped: Mapped = None,
    once: Annotated[
        bool, typer.Option("--once", help=text("处理完现有文件即退出", "end when what is there now is done"))
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Without --kind and --as files lie in FOLDER/<division>/<kind>/. Runs until it is told to end."""
    if (kind is None) != (division is None):
        raise CommandError(
            text(
                "--kind 与 --as 须同时给出；都不给时按 目录/区划代码/事项类别/ 分放。",
                "Give both --kind and --as; without them files lie in FOLDER/<division>/<kind>/.",
            )
        )
    settings = Settings.from_environment()
    only = None if kind is None or division is None else Intake(arguments.division(division), arguments.kind(kind))
    kafka = resolve(settings).kafka
    if only is not None:
        require(kafka, only)
    out = Console(highlight=False, soft_wrap=True)
    delivery = Delivery(settings, tuple(mapped or ()))
    watched = Watched(folder, delivery, only, most_bytes=settings.file_bytes)
    with held(folder), _ended() as ended:
        for stray in watched.strays():
            told = text(
                f"不在 区划代码/事项类别/ 之下，不会处理：{stray}", f"not in <division>/<kind>/, left alone: {stray}"
            )
            out.print(escape(told), style="yellow")
        _rounds(watched, ended, once, lambda told: _tell(out, told, as_json))


def _rounds(watched: Watched, ended: threading.Event, once: bool, tell: Callable[[Told], None]) -> None:
    """Look, and look again when something stirs; what is away is asked again."""
    from watchfiles import watch as stirrings

    if once:
        watched.settle_seconds = 0.0
        for _ in range(2):  # the second look sees that nothing has changed
            for told in watched.pass_over():
                tell(told)
        return
    looks = stirrings(
        watched.root, stop_event=ended, rust_timeout=int(_LOOK * 1000), yield_on_timeout=True, raise_interrupt=False
    )
    for _ in looks:
        try:
            for told in watched.pass_over():
                tell(told)
                if ended.is_set():
                    return
        except Unavailable as away:
            Console(stderr=True).print(escape(str(away)), style="red")
            ended.wait(_AGAIN)


@contextmanager
def _ended() -> Iterator[threading.Event]:
    """Set when the process is told to end: the file in hand is finished first."""
    ended = threading.Event()
    before = {number: signal.signal(number, lambda *_: ended.set()) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield ended
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _tell(out: Console, told: Told, as_json: bool) -> None:
    if as_json:
        row = {"file": str(told.path), "division": told.to.division, "kind": told.to.kind, "whole": told.whole}
        typer.echo(json.dumps({**row, "reason": told.reason}, ensure_ascii=False))
        return
    word = text("完成", "done") if told.whole else text("有误，见报告", "to be mended, see its report")
    out.print(escape(f"{told.path}  {word}" + (f"  {told.reason}" if told.reason else "")))
