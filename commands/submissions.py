"""huiliu submissions: what a publisher handed in, by every way in, and what became of it, with its receipts."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Final

import typer
from rich.console import Console
from rich.table import Table

from commands import arguments
from commands.arguments import AsJson
from commands.warehouse import reading
from deploy.endpoints import resolve
from huiliu.division import DivisionCode
from huiliu.language import text
from huiliu.settings import Settings
from schemas.receipt import identity
from sinks import receipts
from sinks import submissions as handed_in
from sinks.submissions import Fate, Line
from sinks.warehouse import Connection

_OUTCOMES: Final = ("accepted", "corrected", "duplicate", "stale", "quarantined")
_STATES: Final = {
    "loading": ("入库中", "loading"),
    "quarantined": ("部分隔离", "some rejected"),
    "loaded": ("已入库", "loaded"),
}


def submissions_of(connection: Connection, division: DivisionCode, limit: int) -> list[dict[str, Any]]:
    """Requests and files, newest first, each with its ranges, counts by outcome, state and receipts."""
    return [_described(connection, line) for line in handed_in.history(connection, division, limit=limit)]


def _described(connection: Connection, line: Line) -> dict[str, Any]:
    one, fates = line.submission, handed_in.fates(connection, line.submission.ranges)
    return {
        "id": str(one.id),
        "channel": one.channel,
        "kind": one.kind,
        "name": one.name,
        "sent_at": one.sent_at.isoformat() if one.sent_at else None,
        "records": one.records,
        "refused": one.refused,
        "state": _state(line.waiting, line.quarantined),
        "ranges": [_range(fate) for fate in fates],
    }


def _state(waiting: int, quarantined: int) -> str:
    return "loading" if waiting else "quarantined" if quarantined else "loaded"


def _range(fate: Fate) -> dict[str, Any]:
    place = fate.range
    names = [identity(place.topic, place.partition, first) for first in fate.receipts]
    return {**place._asdict(), "counts": dict(fate.counts), "quarantined": list(fate.quarantined), "receipts": names}


def _receipt(entry: Mapping[str, Any]) -> dict[str, Any]:
    quarantined = entry["quarantined"]
    return {
        "receipt": identity(entry["topic"], entry["partition"], entry["first_offset"]),
        "topic": entry["topic"],
        "partition": entry["partition"],
        "first": entry["first_offset"],
        "last": entry["next_offset"] - 1,
        "state": _state(0, quarantined),
        "counts": {name: entry[name] for name in _OUTCOMES if entry[name]},
        "hash": bytes(entry["hash"]).hex(),
        "recorded_at": entry["recorded_at"].isoformat(),
    }


def submissions(
    division: Annotated[str, typer.Option("--as", help=text("报送单位区划代码", "division of the publisher"))],
    ranges: Annotated[
        bool,
        typer.Option(
            "--ranges", help=text("按偏移量范围，含直接写入 Kafka 的", "by ranges of offsets, of every way in")
        ),
    ] = False,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help=text("最多多少条", "so many at most"))] = 20,
    as_json: AsJson = False,
) -> None:
    """Requests and files newest first; with --ranges what the receipts tell of, newest first too."""
    code = arguments.division(division)
    with reading(resolve(Settings.from_environment())) as connection:
        if ranges:
            found = [_receipt(entry) for entry in receipts.newest(connection, code, limit)]
        else:
            found = submissions_of(connection, code, limit)
    if as_json:
        typer.echo(json.dumps({"ranges" if ranges else "submissions": found}, ensure_ascii=False))
    elif not found:
        hint = f"huiliu submissions --as {code} --ranges"
        typer.echo(text(f"没有记录。直接写入 Kafka 的见：{hint}", f"None. What came by a Kafka client: {hint}"))
    else:
        _show(found, ranges)


def _show(found: Sequence[Mapping[str, Any]], ranges: bool) -> None:
    table = Table(box=None, pad_edge=False)
    heads = (("时间", "time"), ("回执", "receipt"), ("状态", "state"), ("结果", "outcomes")) if ranges else (
        ("时间", "time"), ("渠道", "way"), ("类别", "kind"), ("名称", "name"), ("条数", "records"), ("状态", "state"),
        ("结果", "outcomes"), ("回执", "receipts"),
    )  # fmt: skip
    for words in heads:
        table.add_column(text(*words), overflow="fold")
    for row in found:
        table.add_row(*(_of_range(row) if ranges else _of_submission(row)))
    Console(highlight=False).print(table)


def _of_range(row: Mapping[str, Any]) -> tuple[str, ...]:
    return row["recorded_at"][:19], row["receipt"], text(*_STATES[row["state"]]), _counted(row["counts"])


def _of_submission(row: Mapping[str, Any]) -> tuple[str, ...]:
    total: dict[str, int] = {}
    for part in row["ranges"]:
        for name, count in part["counts"].items():
            total[name] = total.get(name, 0) + count
    told = " ".join(name for part in row["ranges"] for name in part["receipts"])
    state = text(*_STATES[row["state"]])
    return ((row["sent_at"] or "-")[:19], row["channel"], row["kind"], row["name"] or "-", str(row["records"]), state,
            _counted(total), told)  # fmt: skip


def _counted(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {count:,}" for name, count in counts.items())
