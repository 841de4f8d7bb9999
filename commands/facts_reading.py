"""What commands of oversight read: the facts as known at a moment, and rows within a division."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import polars as pl
import typer
from rich.console import Console

from commands import arguments
from commands.warehouse import reading
from deploy.endpoints import resolve
from huiliu import clock
from huiliu import division as divisions
from huiliu.language import text
from huiliu.settings import Settings
from oversight import facts_known
from oversight.facts import Facts

NOT_SO = 3  # exit code of a question whose answer is no

Division = Annotated[str | None, typer.Option("--division", help=text("市、县（区划代码）", "a city or county"))]
Limit = Annotated[int, typer.Option("--limit", min=0, help=text("最多多少行，0 为全部", "rows at most; 0: all"))]
AsOf = Annotated[
    str | None, typer.Option("--as-of", help=text("以此时已知的为准（ISO 8601）", "as known then (ISO 8601)"))
]


def moment(given: str | None) -> datetime:
    """A moment as typed, now where none is given; UTC. Raises CommandError."""
    if given is None:
        return datetime.fromtimestamp(clock.now_ms() / 1000, UTC)
    return arguments.moment(given).astimezone(UTC)


def facts_at(as_of: str | None, *frames: str) -> Facts:
    """These frames as known then, read now: the transaction ends before anything is shown."""
    with reading(resolve(Settings.from_environment())) as connection:
        facts = facts_known.known(connection, moment(as_of))
        for name in frames:
            facts.frame(name)
    return facts


def within(rows: pl.DataFrame, division: str | None) -> pl.DataFrame:
    """The rows whose ``division`` (Int32) lies within this one. Raises CommandError."""
    if division is None:
        return rows
    code = arguments.division(division)
    inside = [one for one in rows["division"].unique().to_list() if divisions.within(f"{one:06d}", code)]
    return rows.filter(pl.col("division").is_in(inside))


def more(out: Console, rows: pl.DataFrame, limit: int) -> None:
    """Say that there are more rows than were shown."""
    if limit and rows.height > limit:
        out.print(text(f"共 {rows.height} 行：--limit 0 显示全部", f"{rows.height} rows: --limit 0 shows all"))
