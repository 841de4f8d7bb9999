"""huiliu upward: a lower hub's accepted events, carried into this one, which is of the level above."""

from __future__ import annotations

import asyncio
import json
import logging.config
import signal
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from commands import arguments, upward_files, upward_reader
from commands.arguments import AsJson
from commands.figures import stamp
from commands.lower_hub import cluster_of
from commands.main import NOT_SO
from commands.warehouse import reading, writing
from deploy.endpoints import resolve
from huiliu import process
from huiliu.language import text
from huiliu.settings import Settings
from sinks import upward

app = arguments.group()
upward_files.join(app)
app.command("reader", help=text("给上级一个只能读 province.* 的账号", "a name for the hub above, to read province.*"))(
    upward_reader.reader
)

Lower = Annotated[str, typer.Option("--publisher", help=text("下级枢纽的区划代码", "the lower hub's division code"))]
From = Annotated[
    str,
    typer.Option(
        "--from",
        help=text(
            "下级枢纽的 Kafka：客户端设置文件或其目录、本机另一枢纽的目录，或 主机:端口",
            "the lower hub's Kafka: a file or folder of client settings, the home of a hub on this machine, host:port",
        ),
    ),
]


@app.command(
    "run", help=text("把下级枢纽已入库的事项持续接入本枢纽", "carry a lower hub's accepted events into this hub")
)
def run(
    source: From,
    publisher: Lower,
    once: Annotated[
        bool, typer.Option("--once", help=text("接完现有的即结束", "end once all is carried that is there now"))
    ] = False,
    skip_lost: Annotated[
        bool, typer.Option("--skip-lost", help=text("跳过下级已删除的消息", "pass over what is deleted there"))
    ] = False,
    as_json: AsJson = False,
) -> None:
    """In the foreground until told to stop, or with --once until all is carried."""
    settings = Settings.from_environment()
    endpoints = resolve(settings)
    # Only once it is known where the hub is: these take a while to import.
    from sinks.warehouse import Warehouse
    from streams.drill import Drill
    from streams.upward import Carrier, Route

    logging.config.dictConfig(process.logging_config({"aiokafka": "ERROR", "kafka": "ERROR"}))
    route = Route(
        division=arguments.division(publisher), source=cluster_of(source, endpoints.kafka), target=endpoints.kafka
    )
    warehouse = Warehouse(endpoints.database)
    carrier = Carrier(
        warehouse, route, skip_lost=skip_lost, refresh_seconds=settings.refresh_seconds, drill=Drill(settings.crash_at)
    )
    try:
        carried = asyncio.run(_until_told(carrier, once))
    finally:
        warehouse.close()
    if as_json:
        counted = {"messages": carried.messages, "events": carried.events, "passed_over": carried.passed}
        typer.echo(json.dumps({"publisher": publisher, **counted}))
    else:
        counts = (carried.events, carried.messages, carried.passed)
        told = text("已接入 {} 条事项（{} 条消息，略过 {} 条）", "carried {} events ({} messages, {} passed over)")
        typer.echo(told.format(*counts))
    if carried.passed:
        raise typer.Exit(NOT_SO)


async def _until_told(carrier: Any, once: bool) -> Any:
    """Run until SIGTERM or SIGINT: the round that is going on is ended first."""
    stopping, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    return await carrier.run(stopping, once=once)


@app.command("status", help=text("已接入到哪里", "how far lower hubs are carried"))
def status(
    publisher: Annotated[
        str | None, typer.Option("--publisher", help=text("下级枢纽的区划代码", "the lower hub's division code"))
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Each partition of each lower hub, and the messages that were passed over; exit code 3 if there are any."""
    division = arguments.division(publisher) if publisher else None
    with reading(resolve(Settings.from_environment())) as connection:
        places, passed = upward.carried(connection, division), upward.refused(connection, division)
    if as_json:
        told = {"carried": [_plain(row) for row in places], "passed_over": [_plain(row) for row in passed]}
        typer.echo(json.dumps(told, ensure_ascii=False))
    else:
        _show(places, passed)
    if passed:
        raise typer.Exit(NOT_SO)


@app.command("reset", help=text("忘记位置，从头接入；重复的不计", "forget how far it is carried and begin anew"))
def reset(publisher: Lower) -> None:
    """What is carried again counts once: the same events are duplicates."""
    division = arguments.division(publisher)
    with writing(resolve(Settings.from_environment())) as connection:
        forgotten = upward.forget(connection, division)
    typer.echo(text(f"已忘记 {forgotten} 个分区的位置", f"the places of {forgotten} partitions are forgotten"))


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    told = {name: value.isoformat() if hasattr(value, "isoformat") else value for name, value in row.items()}
    return {**told, "division": f"{row['division']:06d}"}


def _show(places: list[dict[str, Any]], passed: list[dict[str, Any]]) -> None:
    out, table = Console(highlight=False), Table(box=None, pad_edge=False)
    if not places:
        out.print(text("还没有接入任何下级枢纽。", "No lower hub is carried yet."))
        return
    for heading in (text("下级", "lower hub"), text("主题", "topic")):
        table.add_column(heading)
    for heading in (text("分区", "part."), text("下一条", "next"), text("事项", "events"), text("时间", "at")):
        table.add_column(heading, justify="right")
    for row in places:
        name = arguments.spoken(f"{row['division']:06d}")
        cells = (row["partition"], row["next_offset"], row["events"], stamp(row["moved_at"]))
        table.add_row(name, row["topic"], *map(str, cells))
    out.print(table)
    for row in passed:
        where = f"{row['topic']}[{row['partition']}] {row['message']}"
        out.print(
            text(
                f"[red]略过[/] {where}：{escape(row['reason'])}",
                f"[red]passed over[/] {where}: {escape(row['reason'])}",
            )
        )
