"""huiliu status: parts, processes, ports, and what is not yet loaded."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from commands.main import NOT_SO
from deploy.cluster import behind
from deploy.endpoints import Endpoints, resolve
from deploy.state import PartState, State, look
from deploy.topics import intake_topics
from huiliu.errors import HuiliuError
from huiliu.language import text
from huiliu.settings import Settings


def status(
    as_json: Annotated[bool, typer.Option("--json", help=text("输出一个 JSON 对象", "one JSON object"))] = False,
) -> None:
    """Look at the instance of the home folder; exit code 3 when it does not run or a part is not alive."""
    settings = Settings.from_environment()
    state = look(settings)
    lag, reason = unloaded(settings, state)
    if as_json:
        typer.echo(json.dumps(described(state, lag, reason), ensure_ascii=False))
    else:
        show(state, lag, reason)
    if not state.ready:
        raise typer.Exit(NOT_SO)


def unloaded(settings: Settings, state: State) -> tuple[dict[str, int] | None, str | None]:
    """Records not yet loaded by topic, or why that cannot be told."""
    if not state.kafka or not state.address or not all(part.alive for part in state.parts[:2]):
        return None, None
    try:
        return _unloaded(resolve(settings)), None
    except HuiliuError as error:
        return None, str(error)


def _unloaded(endpoints: Endpoints) -> dict[str, int]:
    from sinks import ledger
    from sinks.warehouse import Warehouse

    warehouse = Warehouse(endpoints.database)
    try:
        with warehouse.read() as connection:
            offsets = ledger.next_offsets(connection, None)
    finally:
        warehouse.close()
    return behind(endpoints.kafka, intake_topics(endpoints.kafka), offsets)


def described(state: State, lag: dict[str, int] | None, reason: str | None) -> dict[str, Any]:
    """The state as a JSON object."""
    return {
        "home": str(state.home),
        "running": state.running,
        "ready": state.ready,
        "pid": state.owner,
        "kafka": state.kafka,
        "database": state.address,
        "parts": [
            {"name": part.name, "pid": part.pid, "port": part.port, "alive": part.alive, "external": part.external}
            for part in state.parts
        ],
        "behind": lag,
        "behind_total": None if lag is None else sum(lag.values()),
        "behind_unknown": reason,
    }


def show(state: State, lag: dict[str, int] | None, reason: str | None) -> None:
    """The state as tables."""
    console = Console(highlight=False)
    if state.running:
        doing = text("运行中", "runs") if state.ready else text("尚未就绪", "is not ready")
        heading = text(f"汇流{doing}（进程 {state.owner}）：", f"Huiliu {doing} (process {state.owner}): ")
        console.print(heading + escape(str(state.home)))
    else:
        console.print(text("汇流未运行：", "Huiliu does not run: ") + escape(str(state.home)))
        console.print(text("启动：huiliu up", "Start it: huiliu up"))
    if state.parts:
        console.print(_parts_table(state.parts))
    if state.kafka:
        console.print(f"Kafka {state.kafka}   PostgreSQL {state.address}")
    if lag is not None:
        console.print(text(f"待入库：{sum(lag.values())} 条", f"not yet loaded: {sum(lag.values())} records"))
        for topic, records in sorted(lag.items(), key=lambda item: -item[1]):
            if records:
                console.print(f"  {topic} {records}")
    if reason is not None:
        console.print(text(f"待入库数未知：{reason}", f"not yet loaded, unknown: {reason}"), markup=False)


def _parts_table(parts: tuple[PartState, ...]) -> Table:
    table = Table(text("部件", "part"), text("进程", "pid"), text("端口", "port"), text("状态", "state"), box=None)
    for part in parts:
        alive = text("运行", "alive") if part.alive else text("已停", "ended")
        place = text("外部", "external") if part.external else str(part.pid)
        table.add_row(part.name, place, str(part.port or ""), f"[{'green' if part.alive else 'red'}]{alive}")
    return table
