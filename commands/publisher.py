"""huiliu publisher: who may publish for which division, and what."""

from __future__ import annotations

import json
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from commands import admission, arguments, handover
from commands.arguments import AsJson
from commands.errors import CommandError
from commands.handover import Given
from commands.producing import sender
from commands.warehouse import reading
from deploy.endpoints import Endpoints, resolve
from huiliu.language import text
from huiliu.settings import Settings
from schemas import topics
from sinks import credentials, publishers
from sinks.publishers import Publisher

app = arguments.group()

CADENCES = ("hourly", "daily", "weekly", "monthly", "quarterly", "yearly")


class Channel(StrEnum):
    """The ways in."""

    KAFKA = "kafka"
    HTTP = "http"
    HJ212 = "hj212"
    FILE = "file"


SecretFile = Annotated[
    Path | None,
    typer.Option("--secret-file", help=text("口令写入此文件（0600），不显示", "write the secret here, mode 0600")),
]
Into = Annotated[
    Path | None,
    typer.Option("--into", help=text("客户端设置写入此目录", "write ready settings of all clients here")),
]
Division = Annotated[str, typer.Argument(help=text("行政区划代码", "division code"))]


@app.command("add", help=text("登记报送单位，并建立其主题、口令与权限", "register a publisher: topics, secret, rights"))
def add_publisher(
    division: Division,
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
    quota: Annotated[
        int | None,
        typer.Option(min=1, max=10_000, help=text("每秒最多发送 KiB，默认 10240", "KiB a second; else 10240")),
    ] = None,
    secret_file: SecretFile = None,
    into: Into = None,
    as_json: AsJson = False,
) -> None:
    """A publisher that is there gains these kinds and keeps what is not said anew, its secret too."""
    settings = Settings.from_environment()
    code, wanted = arguments.division(division), arguments.kinds(kinds)
    rhythm = cadences(cadence, wanted)
    endpoints = resolve(settings)
    with reading(endpoints) as connection:
        before = publishers.find(connection, code) or Publisher(division=code, kinds=())
        has_secret = credentials.known(connection, code)
    publisher = replace(
        before,
        kinds=tuple(sorted({*before.kinds, *wanted})),
        cadence={**before.cadence, **rhythm},
        channel=channel.value if channel else before.channel,
        contact=before.contact if contact is None else contact,
    )
    steps = admission.admit(endpoints, publisher, settings.partitions, quota and quota * 1024)
    announce(endpoints, publisher)
    given = None
    if not has_secret and not publisher.suspended:
        given = Given.new(endpoints, publisher, secret_file, into)
        admission.give_secret(steps, endpoints, code, given.secret)
    told = text(f"已登记 {arguments.spoken(code)}，新建主题 {len(steps.made)} 个",
                f"Registered {arguments.spoken(code)}; {len(steps.made)} topics made")  # fmt: skip
    handover.tell(endpoints, publisher, steps, given, told, as_json=as_json)


@app.command("rotate", help=text("换发口令，旧口令随即作废", "give a new secret; the old one is void"))
def rotate(division: Division, secret_file: SecretFile = None, into: Into = None, as_json: AsJson = False) -> None:
    """The publisher's connections that came in with the old secret end within a minute."""
    endpoints, publisher = registered(division)
    if publisher.suspended:
        again = f"huiliu publisher resume {publisher.division}"
        raise CommandError(text(f"该单位已暂停。恢复：{again}", f"It is suspended. Let it in again: {again}"))
    given = Given.new(endpoints, publisher, secret_file, into)
    steps = admission.admit(endpoints, publisher, Settings.from_environment().partitions, None)
    admission.give_secret(steps, endpoints, publisher.division, given.secret)
    told = text(f"已换发 {arguments.spoken(publisher.division)} 的口令",
                f"{arguments.spoken(publisher.division)} has a new secret")  # fmt: skip
    handover.tell(endpoints, publisher, steps, given, told, as_json=as_json)


@app.command("suspend", help=text("暂停报送单位：立即拒绝其一切连接与请求", "refuse a publisher from now on"))
def suspend(division: Division, as_json: AsJson = False) -> None:
    """What it sent before stays and is loaded; its secret is void for good."""
    endpoints, publisher = registered(division)
    steps = admission.shut_out(endpoints, publisher.division)
    publisher = replace(publisher, suspended=True)
    announce(endpoints, publisher)
    if as_json:
        typer.echo(
            json.dumps({**handover.described(publisher), "done": steps.done, "unset": steps.unset}, ensure_ascii=False)
        )
        return
    again = f"huiliu publisher resume {publisher.division}"
    typer.echo(text(f"已暂停 {arguments.spoken(publisher.division)}。恢复：{again}",
                    f"Suspended {arguments.spoken(publisher.division)}. To let it in again: {again}"))  # fmt: skip
    handover.warn(steps)


@app.command("resume", help=text("恢复暂停的报送单位，并换发口令", "let a suspended publisher in, with a new secret"))
def resume(division: Division, secret_file: SecretFile = None, into: Into = None, as_json: AsJson = False) -> None:
    """One that is not suspended stays as it is."""
    endpoints, publisher = registered(division)
    with reading(endpoints) as connection:
        has_secret = credentials.known(connection, publisher.division)
    if not publisher.suspended and has_secret:
        again = f"huiliu publisher rotate {publisher.division}"
        told = text(
            f"该单位未暂停，没有改动。换发口令：{again}", f"It is not suspended; nothing changed. New secret: {again}"
        )
        handover.tell(endpoints, publisher, admission.Steps(), None, told, as_json=as_json)
        return
    given = Given.new(endpoints, publisher, secret_file, into)
    steps = admission.let_in_again(endpoints, publisher, given.secret)
    publisher = replace(publisher, suspended=False)
    announce(endpoints, publisher)
    told = text(
        f"已恢复 {arguments.spoken(publisher.division)}", f"{arguments.spoken(publisher.division)} is let in again"
    )
    handover.tell(endpoints, publisher, steps, given, told, as_json=as_json)


@app.command("show", help=text("显示报送单位及其客户端设置", "a publisher, and what its clients are told"))
def show_publisher(division: Division, as_json: AsJson = False) -> None:
    """Everything but the secret, which nobody has but the publisher."""
    endpoints, publisher = registered(division)
    handover.tell(endpoints, publisher, admission.Steps(), None, arguments.spoken(publisher.division), as_json=as_json)


def registered(division: str) -> tuple[Endpoints, Publisher]:
    """The publisher of this division. Raises CommandError for one that is not registered."""
    code = arguments.division(division)
    endpoints = resolve(Settings.from_environment())
    with reading(endpoints) as connection:
        found = publishers.find(connection, code)
    if found is None:
        mend = f"huiliu publisher add {code} --kinds reading"
        raise CommandError(
            text(
                f"{arguments.spoken(code)} 尚未登记。登记：{mend}",
                f"{arguments.spoken(code)} is not registered. Do: {mend}",
            )
        )
    return endpoints, found


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
    content = json.dumps(handover.described(publisher), ensure_ascii=False).encode()
    with sender(endpoints.kafka) as way:
        way.send(topics.PUBLISHERS, [publisher.division.encode()], [content])
        way.finish()


@app.command("list", help=text("列出报送单位", "list the publishers"))
def list_publishers(as_json: AsJson = False) -> None:
    """All publishers by division."""
    with reading(resolve(Settings.from_environment())) as connection:
        found, holders = publishers.listed(connection), credentials.holders(connection)
    if as_json:
        listed = [{**handover.described(each), "has_secret": each.division in holders} for each in found]
        typer.echo(json.dumps({"publishers": listed}, ensure_ascii=False))
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
        if not each.suspended and each.division not in holders:
            state = text("无口令，请执行 publisher rotate", "no secret: publisher rotate")
        row = (arguments.spoken(each.division), ", ".join(each.kinds), each.channel, each.contact or "", state)
        table.add_row(*map(escape, row))
    Console(highlight=False).print(table)
