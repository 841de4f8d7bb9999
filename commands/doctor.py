"""huiliu doctor: look at what is needed, from the operator's or a publisher's side; one way to mend each fault."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import Annotated, Final
from urllib.parse import unquote, urlsplit

import typer
from rich.console import Console
from rich.markup import escape

from commands import arguments
from commands.errors import CommandError
from commands.main import NOT_SO
from deploy import diagnosis
from deploy.diagnosis import Check, each
from deploy.endpoints import Endpoints, resolve
from deploy.probes import listeners, loading, rights, web
from deploy.probes import warehouse as store
from huiliu import client_file
from huiliu.client_file import Client
from huiliu.errors import HuiliuError, Unavailable
from huiliu.kafka import Cluster
from huiliu.language import text
from huiliu.settings import Settings
from sinks import ledger, publishers
from sinks.warehouse import Warehouse

MARKS: Final = {
    "good": "[green]✓",
    "warning": "[yellow]!",
    "failed": "[red]✗",
    "skipped": "[dim]-",
    "unknown": "[red]?",
}
SHORTEST: Final = 4  # characters of a secret that is looked for in what is told: shorter ones stand in any text
HIDDEN: Final = "•••"


def doctor(
    division: Annotated[
        str | None,
        typer.Option("--as", help=text("以报送单位的身份检查（区划代码）", "as a publisher, by its division")),
    ] = None,
    client: Annotated[
        Path | None,
        typer.Option("--client", help=text("客户端设置：publisher add --into 写出的目录", "folder of client settings")),
    ] = None,
    kafka: Annotated[str | None, typer.Option("--kafka", help=text("Kafka 地址", "bootstrap servers"))] = None,
    kinds: Annotated[
        str | None, typer.Option("--kinds", help=text("要报送的事项类别，逗号分隔", "kinds to publish, by commas"))
    ] = None,
    registry: Annotated[str | None, typer.Option("--registry", help=text("模式注册表地址", "registry's URL"))] = None,
    http: Annotated[str | None, typer.Option("--http", help=text("HTTP 网关地址", "HTTP gateway's URL"))] = None,
    as_json: Annotated[bool, typer.Option("--json", help=text("输出一个 JSON 对象", "one JSON object"))] = False,
) -> None:
    """Run all checks; exit code 3 when one has failed or could not be run."""
    settings = Settings.from_environment()
    if division is None and (client or kafka or kinds):
        raise CommandError(
            text("--client、--kafka、--kinds 须与 --as 同用", "--client, --kafka and --kinds go with --as.")
        )
    if division is not None:
        told = _client(client, kafka, settings)
        handed = client_file.registry(client) if client is not None else None
        found = as_publisher(division.strip(), told, kinds, registry or handed, http or handed)
        secrets = [told.secret]
    else:
        found, secrets = as_operator(settings, registry, http), _secrets(settings)
    tell([redacted(check, secrets) for check in found], as_json)


def _client(file: Path | None, servers: str | None, settings: Settings) -> Client:
    """What the publisher's client is told. Raises CommandError, ClientFileError."""
    if file is not None:
        return client_file.read(file, servers)
    if servers is not None:
        return client_file.given(servers)
    known = settings.cluster
    if known is None:
        raise CommandError(
            text(
                "请用 --client 给出客户端目录，或用 --kafka 给出地址",
                "Give the folder of client settings by --client, or the servers by --kafka.",
            )
        )
    values = {"security": known.security, "mechanism": known.mechanism, "user": known.user, "ca": known.ca}
    return Client(known.bootstrap, **values, secret=known.password())  # type: ignore[arg-type]


def as_publisher(
    division: str, client: Client, kinds: str | None, registry: str | None, http: str | None
) -> Iterator[Check]:
    """What a publisher's engineer can see from where the events are sent."""
    claim = loading.claim(division)
    yield claim
    reached = []
    for check in each("listener", lambda: listeners.probed(client, client.secret)):
        reached.append(check)
        yield check
    if claim.outcome == "failed" or any(check.outcome in ("failed", "unknown") for check in reached):
        yield listeners.unseen("rights")
    else:
        wanted = arguments.kinds(kinds) if kinds else ()
        yield from each("rights", lambda: rights.probed(client, arguments.division(division), wanted))
    login = f"{client.user}:{client.secret}" if client.user and client.secret else None
    yield from _web(client, registry, http, login)


def _web(cluster: Cluster, registry: str | None, http: str | None, login: str | None) -> Iterator[Check]:
    """Registry and gateway where their URLs are given; the clock needs one of them."""
    if registry:
        yield from each("registry", lambda: web.registry(registry, cluster))
    else:
        yield Check("registry", "skipped", text("未给出 --registry", "--registry was not given"))
    if http:
        yield from each("http", lambda: web.gateway(http, cluster, login))
    elif not registry:
        found = text("未给出 --http 或 --registry，无法对时", "no --http or --registry to compare clocks with")
        yield Check("clock", "skipped", found)


def as_operator(settings: Settings, registry: str | None, http: str | None) -> Iterator[Check]:
    """The machine, then what runs, then what it does."""
    yield from diagnosis.machine(settings)
    try:
        endpoints = resolve(settings)
    except Unavailable:
        found = text("汇流未运行", "Huiliu does not run")
        for name in ("kafka", "database", "migrations", "topics"):
            yield Check(name, "skipped", found, text("启动后再查：huiliu up", "start it and look again: huiliu up"))
        return
    yield from each("listener", lambda: listeners.probed(endpoints.kafka, endpoints.kafka.password()))
    if endpoints.publishers is not None:
        yield from each("publishers", lambda: _door(endpoints.door))
    yield from _stored(endpoints)
    yield from _web(endpoints.kafka, registry or endpoints.web, http or endpoints.web, None)


def _door(door: Cluster) -> Iterator[Check]:
    """What publishers are told: its names, ports and certificates, as seen from here."""
    for server in door.servers:
        found = listeners.listener(server, door)
        yield replace(found, name=f"publishers {server[0]}:{server[1]}")


def _stored(endpoints: Endpoints) -> Iterator[Check]:
    warehouse = Warehouse(endpoints.database)
    try:
        found = list(each("database", lambda: store.probed(warehouse)))
        yield from found
        if any(check.outcome in ("failed", "unknown") for check in found):
            yield listeners.unseen("loading")
            return
        yield from each("loading", lambda: _loading(endpoints, warehouse))
    finally:
        warehouse.close()


def _loading(endpoints: Endpoints, warehouse: Warehouse) -> Iterator[Check]:
    with warehouse.read() as connection:
        known, offsets = publishers.listed(connection), ledger.next_offsets(connection)
    yield from loading.probed(endpoints.kafka, known, offsets)


def _secrets(settings: Settings) -> list[str]:
    """What must stand in nothing that is told."""
    try:
        endpoints = resolve(settings)
        return [endpoints.kafka.password(), unquote(urlsplit(endpoints.database).password or "")]
    except HuiliuError:
        return [unquote(urlsplit(settings.database or "").password or "")]


def redacted(check: Check, secrets: Iterable[str]) -> Check:
    """The check without any of these in it."""
    for secret in secrets:
        if len(secret) >= SHORTEST:
            check = replace(check, found=check.found.replace(secret, HIDDEN), mend=check.mend.replace(secret, HIDDEN))
    return check


def tell(checks: list[Check], as_json: bool) -> None:
    """All checks, then the exit code by the worst: what could not be looked at is not well."""
    if as_json:
        typer.echo(json.dumps({"checks": [asdict(check) for check in checks]}, ensure_ascii=False))
    else:
        show(checks)
    if any(check.outcome in ("failed", "unknown") for check in checks):
        raise typer.Exit(NOT_SO)


def show(checks: list[Check]) -> None:
    """One line for each check, and below it what to do."""
    console = Console(highlight=False)
    width = max(len(check.name) for check in checks)
    for check in checks:
        console.print(f"{MARKS[check.outcome]}[/] {check.name:<{width}} {escape(check.found)}", soft_wrap=True)
        if check.mend and check.outcome in ("warning", "failed", "unknown"):
            console.print(f"    → {escape(check.mend)}", soft_wrap=True)
