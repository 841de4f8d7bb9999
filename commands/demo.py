"""huiliu demo: a synthetic province through the whole hub, held against its answer key line by line.

Everything is real: broker, database, worker, and the gateway to which simulated monitors send their frames. The demo
keeps to a folder of its own, which it empties first.
"""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from commands import monitors, up
from commands.main import NOT_SO
from commands.waits import shown
from deploy.endpoints import Endpoints
from deploy.instance import Instance
from deploy.progress import Progress
from deploy.topics import ensure, publisher_topics
from huiliu.errors import HuiliuError
from huiliu.language import text
from huiliu.settings import Settings


def demo(
    events: Annotated[
        int, typer.Option(min=2_000, max=5_000_000, help=text("合成事件数", "synthetic events"))
    ] = 40_000,
    minutes: Annotated[
        float, typer.Option(min=0, max=1440, help=text("匀速发送的分钟数，0 为全速", "minutes to spread them over"))
    ] = 0.0,
    seed: Annotated[int, typer.Option(min=0, help=text("随机种子", "seed"))] = 7,
    json_: Annotated[bool, typer.Option("--json", help=text("末行输出 JSON", "a JSON object as last line"))] = False,
) -> None:
    """Run the demo. Exit code 3 if a single line of the answer key differs."""
    settings = Settings.from_environment()
    home = settings.home / "demo"
    _forget(home)
    up.stop_when_told()
    instance = Instance(home, kafka=settings.cluster, database=settings.database)
    try:
        with shown() as progress:
            endpoints = instance.start(progress)
            up.prepare(endpoints, settings.partitions, progress)
        result = _run(instance, endpoints, settings, _Plan(events, minutes, seed), json_)
    except HuiliuError:
        instance.check()
        raise
    finally:
        with shown() as progress:
            instance.stop(progress)
    if json_:
        typer.echo(json.dumps(result, ensure_ascii=False))
    else:
        _next_steps(home)
    if not result["answer_key_equal"]:
        raise typer.Exit(NOT_SO)


@dataclass(frozen=True)
class _Plan:
    events: int
    minutes: float
    seed: int

    @property
    def rate(self) -> float | None:
        return self.events / (self.minutes * 60) if self.minutes else None


@dataclass(frozen=True)
class Given:
    """The real input, drawn once: its answer key counts what was drawn."""

    registrations: list[Any]
    events: list[Any]
    answer_key: Any
    publishers: dict[str, tuple[str, ...]]

    @property
    def records(self) -> int:
        return len(self.registrations) + len(self.events)


def _forget(home: Path) -> None:
    """Begin anew: the same seed sent twice would be duplicates, as it should be. Refused while a demo runs there."""
    from deploy.holding import hold

    if home.exists():
        hold(home).close()
        shutil.rmtree(home)


def _run(instance: Instance, endpoints: Endpoints, settings: Settings, plan: _Plan, json_: bool) -> dict[str, Any]:
    from commands.live import Live
    from simulation.answer_key import AnswerKey, compare
    from simulation.monitors import count, registrations
    from simulation.publisher import connected
    from sinks import summary
    from sinks.warehouse import Warehouse

    warehouse = Warehouse(endpoints.database)
    try:
        key = AnswerKey()
        outlets = registrations([mn for mns in monitors.numbers().values() for mn in mns], monitors.DIVISION, key)
        province, real = _draw(plan, settings.province)
        topics = _register(endpoints, settings, warehouse, [*province.publishers], real.publishers)
        monitors.register(warehouse)
        with shown() as progress:
            up.start_parts(instance, endpoints, 1, progress)
        live = Live(warehouse, endpoints.kafka, topics, instance, quiet=json_)
        with connected(endpoints.kafka) as publisher, live:
            publisher.send([*real.registrations, *province.registrations(), *outlets])
            live.wait()
            started = time.monotonic()
            before = live.loaded
            with monitors.Sending(*_gateway(instance), plan.seed) as sending:
                for part in _parts(province, real):
                    publisher.send(part, rate=plan.rate)
            live.wait()
            seconds = time.monotonic() - started
            loaded = live.loaded - before
        messages = [message for told in sending.told for message in told.messages]
        count(messages, monitors.DIVISION, key)
        for part in (province.answer_key, real.answer_key):
            key.add(part)
        with warehouse.read() as connection:
            actual = summary.summary(connection)
    finally:
        warehouse.close()
    differences = compare(key, actual)
    frames = _frames(sending.told)
    _tell(key.as_dict(), differences, loaded, seconds)
    typer.echo(
        text(
            f"HJ 212：{frames['sent']} 个数据包经 TCP 发出，{frames['acknowledged']} 条报文已应答。",
            f"HJ 212: {frames['sent']} frames sent over TCP, {frames['acknowledged']} messages acknowledged.",
        ),
        err=True,
    )
    return {
        **actual["totals"],
        "hj212": frames,
        "by_reason": actual["by_reason"],
        "by_city": actual["by_city"],
        "answer_key_equal": not differences,
        "seconds": round(seconds, 3),
        "events_per_second": round(loaded / seconds) if seconds else 0,
    }


def _draw(plan: _Plan, province: str) -> tuple[Any, Any]:
    from simulation.province import Province
    from simulation.real import Real

    real = Real()
    given = Given(list(real.registrations()), list(real.events()), real.answer_key, real.publishers)
    return Province(plan.seed, plan.events - given.records - monitors.RECORDS, province=province), given


def _gateway(instance: Instance) -> tuple[str, int]:
    """Where monitors reach the HJ 212 gateway."""
    host, _, port = instance.gateways["gateway-hj212"].removeprefix("tcp://").rpartition(":")
    return host.strip("[]"), int(port)


def _frames(told: list[Any]) -> dict[str, int]:
    """What the monitors did, counted."""
    return {
        name: sum(one.counts[name] for one in told)
        for name in ("messages", "sent", "acknowledged", "refused", "resent", "failed")
    }


def _parts(province: Any, real: Any) -> Iterator[list[Any]]:
    yield real.events
    yield from province.events()


def _register(
    endpoints: Endpoints, settings: Settings, warehouse: Any, cities: list[str], others: dict[str, tuple[str, ...]]
) -> list[str]:
    """Publishers of the synthetic cities and of the real input, and their topics; returns the intake topics."""
    from huiliu.division import DivisionCode
    from schemas import topics
    from simulation.province import KINDS
    from sinks import publishers

    wanted = {**dict.fromkeys(cities, KINDS), **others}
    with shown() as progress:
        _say(progress, "publishers", text("登记报送单位", "registering publishers"), 0)
        with warehouse.batch() as connection:
            for division, kinds in wanted.items():
                publishers.add(connection, publishers.Publisher(division=DivisionCode(division), kinds=kinds))
        names = [name for division, kinds in wanted.items() for name in publisher_topics(division, kinds)]
        ensure(endpoints.kafka, names, settings.partitions)
        _say(progress, "publishers", text("登记报送单位", "registering publishers"), 1)
    return [name for name in names if topics.parse_intake(name)]


def _say(progress: Progress, step: str, label: str, done: int) -> None:
    progress(step, label, done, 1)


def _tell(expected: dict[str, Any], differences: list[Any], loaded: int, seconds: float) -> None:
    lines = sum(len(part) if isinstance(part, dict) else 1 for part in expected.values())
    rate = loaded / seconds if seconds else 0.0
    typer.echo(
        text(
            f"共 {loaded:,} 条，用时 {seconds:.1f} 秒，{rate:,.0f} 条/秒（含发送）。",
            f"{loaded:,} records in {seconds:.1f} s, {rate:,.0f} records/s, sending included.",
        ),
        err=True,
    )
    if not differences:
        typer.echo(text(f"答案逐行核对：{lines} 行全部相符。", f"Answer key: all {lines} lines are equal."), err=True)
        return
    typer.echo(text(f"答案核对：{len(differences)} 处不符：", f"Answer key: {len(differences)} differ:"), err=True)
    for difference in differences[:40]:
        typer.echo(f"  {difference}", err=True)


def _next_steps(home: Path) -> None:
    program = f"HUILIU_HOME={home} .venv/bin/huiliu"
    typer.echo(
        "\n".join(
            [
                text("接下来可以：", "What to try next:"),
                f"  {program} up",
                text("然后在另一终端：", "and in another shell:"),
                f"  {program} rollup reading",
                f"  {program} quarantine list",
                f"  {program} explain reading --help",
                f"  {program} verify",
            ]
        )
    )
