"""huiliu publisher: who may publish for which division, and what."""

from __future__ import annotations

import json
from dataclasses import replace
from enum import StrEnum
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from commands import arguments
from commands.arguments import AsJson
from commands.errors import CommandError
from commands.producing import sender
from commands.warehouse import reading, writing
from deploy.endpoints import Endpoints, resolve
from deploy.topics import ensure, publisher_topics
from huiliu import division as divisions
from huiliu.language import text
from huiliu.settings import Settings
from schemas import topics
from schemas.contract import contract
from sinks import publishers
from sinks.publishers import Publisher

app = arguments.group()

CADENCES = ("hourly", "daily", "weekly", "monthly", "quarterly", "yearly")


class Channel(StrEnum):
    """The ways in."""

    KAFKA = "kafka"
    HTTP = "http"
    HJ212 = "hj212"
    FILE = "file"


@app.command("add", help=text("登记报送单位，并建立其主题", "register a publisher and make its topics"))
def add_publisher(
    division: Annotated[str, typer.Argument(help=text("行政区划代码", "division code"))],
    kinds: Annotated[
        str, typer.Option("--kinds", help=text("事项类别，逗号分隔；all 为全部", "kinds, by commas; or all"))
    ],
    channel: Annotated[
        Channel | None, typer.Option(help=text("报送渠道，默认 kafka", "the way in; else kafka"))
    ] = None,
    contact: Annotated[str | None, typer.Option(help=text("联系人", "whom to ask"))] = None,
    cadence: Annotated[
        str | None,
        typer.Option(help=text("频次：monthly，或 reading=hourly,award=monthly", "monthly, or reading=hourly,…")),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """A publisher that is there gains these kinds and keeps what is not said anew. Running workers follow at once."""
    settings = Settings.from_environment()
    code, wanted = arguments.division(division), arguments.kinds(kinds)
    rhythm = cadences(cadence, wanted)
    endpoints = resolve(settings)
    # Topics first: a registered publisher without topics would be an error in every worker's log.
    made = ensure(endpoints.kafka, [topics.PUBLISHERS, *publisher_topics(code, wanted)], settings.partitions)
    with writing(endpoints) as connection:
        known = next(
            (p for p in publishers.listed(connection) if p.division == code), Publisher(division=code, kinds=())
        )
        publisher = replace(
            known,
            kinds=tuple(sorted({*known.kinds, *wanted})),
            cadence={**known.cadence, **rhythm},
            channel=channel.value if channel else known.channel,
            contact=known.contact if contact is None else contact,
        )
        publishers.add(connection, publisher)
    announce(endpoints, publisher)
    if as_json:
        typer.echo(json.dumps({**described(publisher), "made": made, "client": client(endpoints, publisher)},
                              ensure_ascii=False))  # fmt: skip
    else:
        show(endpoints, publisher, made)


def cadences(given: str | None, kinds: tuple[str, ...]) -> dict[str, str]:
    """How often each kind is expected: one word for all, or ``kind=word`` by commas. Raises CommandError."""
    found: dict[str, str] = {}
    for part in (given or "").replace("，", ",").split(","):
        name, equals, word = (piece.strip() for piece in part.rpartition("="))
        if not word:
            continue
        if word not in CADENCES:
            known = ", ".join(CADENCES)
            raise CommandError(
                text(f"没有频次 {word!r}，可用：{known}", f"There is no cadence {word!r}. Allowed: {known}")
            )
        found |= {arguments.kind(name): word} if equals else dict.fromkeys(kinds, word)
    return found


def announce(endpoints: Endpoints, publisher: Publisher) -> None:
    """Tell running workers; one that misses it looks by itself before long."""
    content = json.dumps(described(publisher), ensure_ascii=False).encode()
    with sender(endpoints.kafka) as way:
        way.send(topics.PUBLISHERS, [publisher.division.encode()], [content])
        way.finish()


def described(publisher: Publisher) -> dict[str, Any]:
    """A publisher as JSON."""
    return {
        "division": publisher.division,
        "name": divisions.full_name(publisher.division),
        "kinds": list(publisher.kinds),
        "channel": publisher.channel,
        "contact": publisher.contact,
        "cadence": dict(publisher.cadence),
        "suspended": publisher.suspended,
        "topics": list(publisher.topics),
    }


def client(endpoints: Endpoints, publisher: Publisher) -> dict[str, Any]:
    """What the publisher's own Kafka client needs."""
    return {
        "bootstrap.servers": str(endpoints.kafka),
        "acks": "all",
        "enable.idempotence": True,
        "key": "UTF-8",
        "value": "0x00, schema id (4 bytes, big endian), Avro datum",
        "schemas": {
            topics.intake_topic(publisher.division, kind): contract(kind).schema_id for kind in publisher.kinds
        },
        "receipts": topics.receipts_topic(publisher.division),
        "quarantine": topics.quarantine_topic(publisher.division),
        "directives": topics.directives_topic(publisher.division),
    }


def show(endpoints: Endpoints, publisher: Publisher, made: list[str]) -> None:
    """Ready settings for the publisher's engineers, and what to try."""
    console, division = Console(highlight=False), publisher.division
    kind = publisher.kinds[0]
    console.print(
        text(f"已登记 {arguments.spoken(division)}，新建主题 {len(made)} 个",
             f"Registered {arguments.spoken(division)}; {len(made)} topics made")
    )  # fmt: skip
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    table.add_row("bootstrap.servers", str(endpoints.kafka))
    table.add_row("acks / enable.idempotence", "all / true")
    for one in publisher.kinds:
        told = f"schema id {contract(one).schema_id} (v{contract(one).version})"
        table.add_row(topics.intake_topic(division, one), told)
    table.add_row(
        text("消息键", "key"), text("主键的首个字段，UTF-8（reading 为 MN）", "first field of the natural key, UTF-8")
    )
    table.add_row(
        text("消息值", "value"), text("0x00、四字节模式号（大端）、Avro", "0x00, four bytes of schema id, Avro datum")
    )
    table.add_row(text("回执", "receipts"), topics.receipts_topic(division))
    table.add_row(text("隔离", "quarantine"), topics.quarantine_topic(division))
    table.add_row(text("督办", "directives"), topics.directives_topic(division))
    console.print(table)
    console.print(text("试一试：", "try:"))
    for line in (
        f"huiliu contract show {kind} --avro > {kind}.avsc",
        f"huiliu check {kind}.jsonl --kind {kind} --as {division}",
        f"huiliu publish {kind}.jsonl --kind {kind} --as {division}",
    ):
        console.print(f"  {line}", soft_wrap=True)


@app.command("list", help=text("列出报送单位", "list the publishers"))
def list_publishers(as_json: AsJson = False) -> None:
    """All publishers by division."""
    with reading(resolve(Settings.from_environment())) as connection:
        found = publishers.listed(connection)
    if as_json:
        typer.echo(json.dumps({"publishers": [described(each) for each in found]}, ensure_ascii=False))
        return
    if not found:
        mend = "huiliu publisher add 340100 --kinds reading"
        typer.echo(text(f"还没有报送单位。登记：{mend}", f"There is no publisher yet. Register one: {mend}"))
        return
    table = Table(box=None, pad_edge=False)
    table.add_column(text("区划", "division"), no_wrap=True)
    table.add_column(text("事项", "kinds"), overflow="fold")
    for heading in (text("渠道", "channel"), text("联系人", "contact"), text("状态", "state")):
        table.add_column(heading, overflow="fold")
    for each in found:
        state = text("暂停", "suspended") if each.suspended else text("正常", "active")
        row = (arguments.spoken(each.division), ", ".join(each.kinds), each.channel, each.contact or "", state)
        table.add_row(*map(escape, row))
    Console(highlight=False).print(table)
