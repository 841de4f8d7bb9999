"""huiliu up: broker, warehouse, migrations, topics and workers, in the foreground until told to stop."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable
from functools import partial
from types import FrameType
from typing import Annotated
from urllib.parse import urlsplit

import typer

from commands.seen import ask
from commands.waits import shown
from deploy.cluster import members
from deploy.endpoints import Endpoints
from deploy.errors import PartError
from deploy.instance import Instance
from deploy.passwords import NAME as PASSWORDS
from deploy.progress import Progress
from deploy.topics import ensure, hub_topics, publisher_topics
from huiliu.errors import HuiliuError
from huiliu.language import text
from huiliu.settings import Settings
from schemas.topics import GROUP
from sinks import publishers
from sinks.warehouse import Warehouse

GATEWAY_START = 60.0  # seconds until a gateway must answer that it is ready
WORKER_START = 120.0  # seconds until the workers must have their partitions; importing what validates takes most of it


def up(
    workers: Annotated[int, typer.Option(min=1, max=64, help=text("处理进程数", "worker processes"))] = 1,
    gateways: Annotated[
        bool,
        typer.Option(
            "--gateways/--no-gateways", help=text("是否启动 HTTP 与 HJ 212 网关", "start the HTTP and HJ 212 gateways")
        ),
    ] = True,
    oversight: Annotated[
        bool,
        typer.Option("--oversight/--no-oversight", help=text("是否启动督办进程", "start the oversight process")),
    ] = True,
) -> None:
    """Start everything, say where it is, and watch it; Ctrl-C, SIGTERM and huiliu down stop it in order."""
    settings = Settings.from_environment()
    instance = Instance(settings.home, kafka=settings.cluster, database=settings.database)
    told = stop_when_told()
    try:
        with shown() as progress:
            endpoints = instance.start(progress)
            prepare(endpoints, settings.partitions, progress)
            start_parts(instance, endpoints, workers, progress, gateways=gateways)
            if oversight:
                instance.start_oversight(endpoints)
        announce(instance, endpoints)
        instance.watch(told, lambda wrong: typer.echo(wrong, err=True))
    except KeyboardInterrupt:
        typer.echo(text("正在停止……", "stopping …"), err=True)
    except HuiliuError:
        instance.check()  # a part that has died explains more than whoever missed it
        raise
    finally:
        told.set()
        with shown() as progress:
            instance.stop(progress)


def stop_when_told() -> threading.Event:
    """An event set by SIGTERM, SIGINT and SIGHUP; the first of them also interrupts whatever is being waited for."""
    told = threading.Event()

    def tell(_number: int, _frame: FrameType | None) -> None:
        if not told.is_set():
            told.set()
            raise KeyboardInterrupt

    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, tell)
    return told


def prepare(endpoints: Endpoints, partitions: int, progress: Progress) -> None:
    """Bring the warehouse's schema up to date and make the topics of the hub and of all publishers."""
    label = text("更新数据库结构", "migrating the warehouse")
    progress("migrate", label)
    warehouse = Warehouse(endpoints.database)
    try:
        warehouse.migrate()
        progress("migrate", label, 1, 1)
        label = text("建立主题", "making topics")
        progress("topics", label)
        with warehouse.read() as connection:
            known = publishers.listed(connection)
    finally:
        warehouse.close()
    names = hub_topics()
    for publisher in known:
        names += publisher_topics(publisher.division, publisher.kinds)
    ensure(endpoints.kafka, names, partitions)
    progress("topics", label, 1, 1)


def start_parts(
    instance: Instance, endpoints: Endpoints, workers: int, progress: Progress, *, gateways: bool = True
) -> None:
    """Start gateways and workers side by side and wait until all are ready. Raises PartError."""
    if gateways:
        instance.start_http(endpoints)
        instance.start_hj212(endpoints)
    start_workers(instance, endpoints, workers, progress)
    label = text("启动网关", "starting the gateway")
    deadline = time.monotonic() + GATEWAY_START
    for name, url in instance.probes.items():
        progress("gateway", label)
        late = text(
            f"{name} 在 {GATEWAY_START:.0f} 秒内未就绪，日志见 {instance.logs}。",
            f"{name} was not ready in {GATEWAY_START:.0f} s; its log is in {instance.logs}.",
        )
        _wait(instance, partial(_ready, name, url), deadline, late)
        progress("gateway", label, 1, 1)


def start_workers(instance: Instance, endpoints: Endpoints, count: int, progress: Progress) -> None:
    """Start worker processes and wait until all have their partitions.

    :raises PartError: one ended, or they did not get that far in time.
    """
    label = text("启动处理进程", "starting workers")
    progress("worker", label)
    for number in range(1, count + 1):
        instance.start_worker(endpoints, number)
    late = text(
        f"处理进程在 {WORKER_START:.0f} 秒内未就绪，日志见 {instance.logs}。",
        f"The workers were not ready in {WORKER_START:.0f} s; their logs are in {instance.logs}.",
    )
    _wait(
        instance,
        lambda: members(endpoints.kafka, GROUP) >= count and not starting(instance),
        time.monotonic() + WORKER_START,
        late,
    )
    progress("worker", label, 1, 1)


def _ready(name: str, url: str) -> bool:
    return ask(name, url).ready


def _wait(instance: Instance, ready: Callable[[], bool], deadline: float, late: str) -> None:
    """Wait until it is ready. Raises PartError: a part has ended, or (``late`` tells) the clock passes the deadline."""
    while not ready():
        instance.check()
        if time.monotonic() > deadline:
            raise PartError(late)
        time.sleep(0.1)


def starting(instance: Instance) -> bool:
    """Whether a worker says that it has not had its partitions yet; one that cannot be asked holds nobody up."""
    return any(ask(name, url).reason == "starting" for name, url in instance.metrics.items())


def announce(instance: Instance, endpoints: Endpoints) -> None:
    """Say where everything is; the password is named by its file, never shown."""
    address = urlsplit(endpoints.database)
    where = f"{address.hostname or ''}:{address.port or 5432}{address.path}"
    password = instance.home / PASSWORDS
    lines = [
        text("汇流已就绪。", "Huiliu is up."),
        f"  Kafka       {endpoints.kafka}",
        *(
            [text("  报送单位    ", "  publishers  ") + f"{endpoints.publishers} ({endpoints.publishers.security})"]
            if endpoints.publishers
            else []
        ),
        f"  PostgreSQL  {where}" + ("" if "database" in instance.external else f"  ({address.username}, {password})"),
        *(
            text("  HTTP 网关   ", "  HTTP        ") + text(f"{url}  （说明 {url}/docs）", f"{url}  (page {url}/docs)")
            for url in instance.gateways.values()
            if url.startswith("http")
        ),
        *(
            text("  HJ 212      ", "  HJ 212      ") + url
            for url in instance.gateways.values()
            if url.startswith("tcp")
        ),
        text("  日志        ", "  logs        ") + str(instance.logs),
        *(
            text("  指标        ", "  metrics     ") + f"{url}/metrics  ({name})"
            for name, url in sorted(instance.metrics.items())
        ),
        text("停止：Ctrl-C，或在另一终端执行 huiliu down", "Stop: Ctrl-C, or huiliu down in another shell"),
    ]
    typer.echo("\n".join(lines))
