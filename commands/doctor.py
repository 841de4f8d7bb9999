"""huiliu doctor: look at the machine, the endpoints, the warehouse and the topics; one way to mend each fault."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from commands.main import NOT_SO
from deploy import diagnosis
from deploy.cluster import admin
from deploy.diagnosis import Check, tried
from deploy.endpoints import Endpoints, resolve
from deploy.topics import hub_topics, publisher_topics
from huiliu.errors import Unavailable
from huiliu.language import text
from huiliu.settings import Settings
from sinks import publishers
from sinks.warehouse import Warehouse

POSTGRESQL_MINIMUM = 15
MARKS = {"good": "[green]✓", "warning": "[yellow]!", "failed": "[red]✗", "skipped": "[dim]-"}


def doctor(
    as_json: Annotated[bool, typer.Option("--json", help=text("输出一个 JSON 对象", "one JSON object"))] = False,
) -> None:
    """Run all checks; exit code 3 when one has failed."""
    checks = list(all_checks(Settings.from_environment()))
    if as_json:
        typer.echo(json.dumps({"checks": [asdict(check) for check in checks]}, ensure_ascii=False))
    else:
        show(checks)
    if any(check.outcome == "failed" for check in checks):
        raise typer.Exit(NOT_SO)


def all_checks(settings: Settings) -> Iterator[Check]:
    """The machine's checks, then those of what runs."""
    yield from diagnosis.machine(settings)
    try:
        endpoints = resolve(settings)
    except Unavailable:
        found = text("汇流未运行", "Huiliu does not run")
        for name in ("kafka", "database", "migrations", "topics"):
            yield Check(name, "skipped", found, text("启动后再查：huiliu up", "start it and look again: huiliu up"))
        return
    yield tried("kafka", lambda: kafka(endpoints))
    warehouse = Warehouse(endpoints.database)
    try:
        yield tried("database", lambda: database(warehouse))
        yield tried("migrations", lambda: migrations(warehouse))
        yield tried("topics", lambda: topics(endpoints, warehouse))
    finally:
        warehouse.close()


def kafka(endpoints: Endpoints) -> Check:
    """The cluster answers."""
    with admin(endpoints.kafka, timeout_ms=5_000) as client:
        brokers = client.describe_cluster()["brokers"]
    return Check("kafka", "good", f"{endpoints.kafka} ({len(brokers)})")


def database(warehouse: Warehouse) -> Check:
    """The database answers and is new enough."""
    with warehouse.read() as connection:
        version = connection.dialect.server_version_info or (0,)
    found = "PostgreSQL " + ".".join(map(str, version))
    if int(version[0]) >= POSTGRESQL_MINIMUM:
        return Check("database", "good", found)
    mend = text(f"需要 PostgreSQL {POSTGRESQL_MINIMUM} 及以上", f"use PostgreSQL {POSTGRESQL_MINIMUM} or newer")
    return Check("database", "failed", found, mend)


def migrations(warehouse: Warehouse) -> Check:
    """The schema is the newest."""
    with warehouse.read() as connection:
        current, newest = _revisions(connection)
    if current == newest:
        return Check("migrations", "good", str(current))
    mend = text("huiliu up 启动时会更新", "huiliu up brings it up to date when it starts")
    return Check("migrations", "failed", f"{current} ≠ {newest}", mend)


def _revisions(connection: object) -> tuple[str | None, str | None]:
    from alembic.migration import MigrationContext
    from alembic.script import ScriptDirectory

    from sinks import migrations as history

    context = MigrationContext.configure(connection)  # type: ignore[arg-type]
    script = ScriptDirectory.from_config(history.configuration(connection))  # type: ignore[arg-type]
    return context.get_current_revision(), script.get_current_head()


def topics(endpoints: Endpoints, warehouse: Warehouse) -> Check:
    """The topics of the hub and of all publishers are there."""
    wanted = hub_topics()
    with warehouse.read() as connection:
        for publisher in publishers.listed(connection):
            wanted += publisher_topics(publisher.division, publisher.kinds)
    with admin(endpoints.kafka, timeout_ms=5_000) as client:
        absent = sorted(set(wanted) - set(client.list_topics()))
    if not absent:
        return Check("topics", "good", str(len(wanted)))
    found = text(f"缺 {len(absent)} 个：", f"{len(absent)} missing: ") + ", ".join(absent[:3])
    return Check("topics", "failed", found, text("huiliu up 启动时会建立", "huiliu up makes them when it starts"))


def show(checks: list[Check]) -> None:
    """One line for each check, and below it what to do."""
    console = Console(highlight=False)
    for check in checks:
        console.print(f"{MARKS[check.outcome]}[/] {check.name:<12} {escape(check.found)}")
        if check.mend and check.outcome in ("warning", "failed"):
            console.print(f"    → {escape(check.mend)}")
