"""huiliu down: stop the instance of the home folder, from any shell, also when its owner has crashed."""

from __future__ import annotations

import typer

from commands.waits import shown
from deploy.shutdown import stop_from_outside
from huiliu.language import text
from huiliu.settings import Settings


def down() -> None:
    """Ask the owner to stop in order and wait for it; end whatever a crashed owner left behind."""
    settings = Settings.from_environment()
    with shown() as progress:
        ended = stop_from_outside(settings.home, progress)
    if ended:
        typer.echo(text("已停止：", "stopped: ") + ", ".join(ended))
    else:
        typer.echo(text(f"{settings.home} 中没有运行中的汇流。", f"No Huiliu runs in {settings.home}."))
