"""huiliu transmission compare: hour and day values beside what their minutes and hours say."""

from __future__ import annotations

import json
from enum import StrEnum
from typing import Annotated, Any, Final

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from commands import arguments
from commands.arguments import AsJson
from commands.errors import CommandError
from commands.figures import code, named, written
from commands.main import NOT_SO
from commands.warehouse import reading
from deploy.endpoints import resolve
from huiliu import period
from huiliu.language import text
from huiliu.period import SHANGHAI
from huiliu.settings import Settings
from oversight.recomputation import SHARE, VERDICTS, Comparison, compare
from oversight.transmission.assessment import registered_within
from schemas.contract import code_table
from sinks.reference import pollutant_ids
from sinks.warehouse import Connection

#: Values that can differ, and the column that says so.
VALUES: Final = {
    "average": ("均值", "average"),
    "corrected": ("折算均值", "corrected"),
    "cumulative": ("累计 kg", "mass kg"),
}


class Whole(StrEnum):
    """Which values are recomputed."""

    HOUR = "HOUR"
    DAY = "DAY"


def join(app: typer.Typer) -> None:
    """Add the command to the group."""
    said = text("小时值与分钟值、日值与小时值核对", "hour values beside their minutes, day values beside their hours")
    app.command("compare", help=said)(compare_values)


def compare_values(
    days: Annotated[
        str, typer.Option("--month", "--day", help=text("月或日，如 2025-06", "a month or a day, such as 2025-06"))
    ],
    whole: Annotated[
        Whole, typer.Option("--period", help=text("小时或日", "hours or days"), case_sensitive=False)
    ] = Whole.HOUR,
    division: Annotated[
        str | None, typer.Option("--city", "--division", help=text("市、县（区划代码）", "a city or county, by code"))
    ] = None,
    mn: Annotated[str | None, typer.Option("--mn", help=text("一个排放口", "one outlet"))] = None,
    pollutant: Annotated[str | None, typer.Option("--pollutant", help=text("一个因子", "one factor"))] = None,
    tolerance: Annotated[
        float, typer.Option("--tolerance", min=0.0, max=1.0, help=text("容差，占重算值的比例", "share of the value"))
    ] = SHARE,
    limit: Annotated[
        int, typer.Option("--limit", min=1, max=100_000, help=text("每种差异最多多少行", "rows of each kind at most"))
    ] = 50,
    as_json: AsJson = False,
) -> None:
    """Value sent, value recomputed, difference, and how many parts it rests on; exit code 3 when something differs."""
    told = period.parse(days)
    factor = pollutant and code("pollutant", pollutant)
    place = division and arguments.division(division)
    with reading(resolve(Settings.from_environment())) as connection:
        names = outlets(connection, place, mn)
        chosen = tuple(names) if mn or place else None
        found = compare(connection, whole.value, told.first, told.last, chosen, factor, tolerance, limit)
    rows = [line for row in found.differing.iter_rows(named=True) for line in lines(row, names)]
    if as_json:
        typer.echo(json.dumps({"counts": found.counts, "differing": rows}, ensure_ascii=False, default=str))
    else:
        show(found, rows)
    if differ(found):
        raise typer.Exit(NOT_SO)


def outlets(connection: Connection, division: str | None, mn: str | None) -> dict[int, str]:
    """The monitor numbers of the outlets asked for, by their numbers. Raises CommandError for none."""
    found = registered_within(connection, division, mn)
    if found.is_empty():
        raise CommandError(
            text(
                "没有登记这样的排放口：请先报送 registration",
                "No such outlet is registered: send its registration first.",
            )
        )
    return dict(found.select("outlet", "mn").iter_rows())


def differ(found: Comparison) -> int:
    """How many values are not as their parts say."""
    return sum(found.counts[verdict] for verdict in ("VALUE", "TOO_FEW", "FLAG", "NOT_SENT"))


def lines(row: dict[str, Any], names: dict[int, str]) -> list[dict[str, Any]]:
    """A row as told: one line for each value that differs, else one for its average."""
    codes = {number: name for name, number in pollutant_ids().items()}
    off = [name for name in VALUES if row[f"{name}_off"]] if row["verdict"] == "VALUE" else ["average"]
    about = {
        "mn": names.get(row["outlet"]),
        "pollutant": codes[row["pollutant"]],
        "start": row["start"].astimezone(SHANGHAI).isoformat(),
        "verdict": row["verdict"],
        "flag": row["flag"],
        "parts": row["parts"],
        "valid": row["valid"],
        "covered": row["covered"],
        "weighted_by_flow": row["by_flow"],
    }
    return [{**about, "value": name, **_sides(row[f"sent_{name}"], row[name])} for name in off]


def _sides(sent: float | None, recomputed: float | None) -> dict[str, float | None]:
    both = sent is not None and recomputed is not None
    difference = sent - recomputed if both else None  # type: ignore[operator]
    return {"sent": sent, "recomputed": recomputed, "difference": difference}


def show(found: Comparison, rows: list[dict[str, Any]]) -> None:
    """A table of what differs, and the counts of all verdicts below it."""
    out = Console(highlight=False)
    table = Table(box=None, pad_edge=False)
    for zh, en in (("MN", "MN"), ("因子", "factor"), ("时段", "start"), ("问题", "finding"), ("值", "value")):
        table.add_column(text(zh, en), overflow="fold")
    for zh, en in (("报送", "sent"), ("重算", "recomputed"), ("差", "difference"), ("有效/分数据", "valid/parts")):
        table.add_column(text(zh, en), justify="right", no_wrap=True)
    for row in rows:
        flag = code_table("flag").get(row["flag"] or "")
        finding = text(*VERDICTS[row["verdict"]])
        finding += f": {row['flag']} {flag.label}" if row["verdict"] == "FLAG" and flag else ""
        table.add_row(
            escape(str(row["mn"])), escape(named("reading", "pollutant", row["pollutant"])),
            row["start"][:16].replace("T", " "), escape(finding), text(*VALUES[row["value"]]),
            *(written(row[name], "value") for name in ("sent", "recomputed", "difference")),
            f"{row['valid']}/{row['parts']}",
        )  # fmt: skip
    if rows:
        out.print(table)
    counted = "  ".join(f"{text(*VERDICTS[name])} {number:,}" for name, number in found.counts.items() if number)
    out.print(counted or text("这些天没有可核的数据。", "There is nothing to compare in these days."), style="dim")
