"""huiliu status: parts, processes, ports, and what is not yet loaded."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from commands.backlog import Backlog
from commands.main import NOT_SO
from commands.seen import Seen, gateways, stages_table, workers, workers_table
from deploy.cluster import admin
from deploy.endpoints import Endpoints, resolve
from deploy.state import PartState, State, look
from deploy.topics import intake_topics
from huiliu.clock import now_ms
from huiliu.errors import HuiliuError
from huiliu.language import text
from huiliu.settings import Settings


def status(
    as_json: Annotated[bool, typer.Option("--json", help=text("输出一个 JSON 对象", "one JSON object"))] = False,
) -> None:
    """Look at the instance of the home folder; exit code 3 when it does not run or a part is not alive."""
    settings = Settings.from_environment()
    state = look(settings)
    backlog, reason = unloaded(settings, state)
    seen, ways_in = workers(state.parts), gateways(state.parts)
    if as_json:
        typer.echo(json.dumps(described(state, backlog, reason, seen, ways_in), ensure_ascii=False))
    else:
        show(state, backlog, reason, seen, ways_in)
    if not ready(state, [*seen, *ways_in]):
        raise typer.Exit(NOT_SO)


def ready(state: State, seen: Sequence[Seen]) -> bool:
    """Every part is alive, and every worker and gateway says that it is ready."""
    return state.ready and all(worker.ready for worker in seen)


def unloaded(settings: Settings, state: State) -> tuple[Backlog | None, str | None]:
    """What is not yet loaded, or why that cannot be told."""
    if not state.kafka or not state.address or not all(part.alive for part in state.parts[:2]):
        return None, None
    try:
        return _unloaded(resolve(settings)), None
    except HuiliuError as error:
        return None, str(error)


def _unloaded(endpoints: Endpoints) -> Backlog:
    from sinks import ledger, outbox
    from sinks.warehouse import Warehouse
    from streams import look
    from streams.lag import measure

    warehouse = Warehouse(endpoints.database)
    try:
        with warehouse.read() as connection:
            offsets = ledger.next_offsets(connection, None)
            untold = outbox.waiting(connection)
    finally:
        warehouse.close()
    topics = intake_topics(endpoints.kafka)
    with admin(endpoints.kafka) as client:
        seen = look.view(endpoints.kafka, client, topics, offsets)
        kept = look.retention(client, topics)
    return Backlog(measure(now_ms(), seen.standings, kept, seen.newest_loaded_ms), untold)


def described(
    state: State, backlog: Backlog | None, reason: str | None, seen: Sequence[Seen], ways_in: Sequence[Seen]
) -> dict[str, Any]:
    """The state as a JSON object."""
    return {
        "home": str(state.home),
        "running": state.running,
        "ready": ready(state, [*seen, *ways_in]),
        "pid": state.owner,
        "kafka": state.kafka,
        "publishers": state.publishers,
        "database": state.address,
        "parts": [
            {"name": part.name, "pid": part.pid, "port": part.port, "alive": part.alive, "external": part.external}
            for part in state.parts
        ],
        "behind": None if backlog is None else dict(backlog.lag.by_topic),
        "behind_total": None if backlog is None else backlog.lag.records,
        "behind_unknown": reason,
        "lag": None if backlog is None else backlog.described(),
        "workers": [asdict(worker) for worker in seen],
        "gateways": [
            {"name": one.name, "address": one.address, "ready": one.ready, "reason": one.reason} for one in ways_in
        ],
    }


def show(
    state: State, backlog: Backlog | None, reason: str | None, seen: Sequence[Seen], ways_in: Sequence[Seen]
) -> None:
    """The state as tables."""
    console = Console(highlight=False)
    if state.running:
        doing = text("运行中", "runs") if ready(state, [*seen, *ways_in]) else text("尚未就绪", "is not ready")
        heading = text(f"汇流{doing}（进程 {state.owner}）：", f"Huiliu {doing} (process {state.owner}): ")
        console.print(heading + escape(str(state.home)))
    else:
        console.print(text("汇流未运行：", "Huiliu does not run: ") + escape(str(state.home)))
        console.print(text("启动：huiliu up", "Start it: huiliu up"))
    if state.parts:
        console.print(_parts_table(state.parts))
    for line in _addresses(state):
        console.print(line)
    for one in ways_in:
        said = text("就绪", "ready") if one.ready else text(f"未就绪（{one.reason}）", f"not ready ({one.reason})")
        console.print(f"{one.name}  {one.address}  [{'green' if one.ready else 'red'}]{said}")
    if seen:
        console.print(workers_table(seen))
    if any(worker.stages for worker in seen):
        console.print(stages_table(seen))
    if backlog is not None:
        for line in backlog.lines():
            console.print(line)
    if reason is not None:
        console.print(text(f"待入库数未知：{reason}", f"not yet loaded, unknown: {reason}"), markup=False)


def _addresses(state: State) -> Iterator[str]:
    if state.kafka:
        yield f"Kafka {state.kafka}   PostgreSQL {state.address}"
    if state.publishers:
        yield text(f"报送单位（TLS） {state.publishers}", f"publishers (TLS) {state.publishers}")


def _parts_table(parts: tuple[PartState, ...]) -> Table:
    table = Table(text("部件", "part"), text("进程", "pid"), text("端口", "port"), text("状态", "state"), box=None)
    for part in parts:
        alive = text("运行", "alive") if part.alive else text("已停", "ended")
        place = text("外部", "external") if part.external else str(part.pid)
        table.add_row(part.name, place, str(part.port or ""), f"[{'green' if part.alive else 'red'}]{alive}")
    return table
