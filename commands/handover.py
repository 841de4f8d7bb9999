"""What is handed over to a publisher: its secret, once, and what each of its clients is told."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from commands import client_settings
from commands.admission import Steps
from commands.client_settings import Client
from commands.errors import CommandError
from deploy import access
from deploy.endpoints import Endpoints
from huiliu import division as divisions
from huiliu.language import text
from huiliu.private_file import private
from schemas import topics
from schemas.contract import contract
from sinks import credentials
from sinks.publishers import Publisher


@dataclass(frozen=True)
class Given:
    """A new secret and where it was written, before it is in force: one that cannot be written never is."""

    secret: str = field(repr=False)
    file: Path | None
    folder: Path | None

    @classmethod
    def new(cls, endpoints: Endpoints, publisher: Publisher, file: Path | None, folder: Path | None) -> Given:
        """Make one and write it where that was asked. Raises CommandError."""
        made = cls(credentials.new_secret(), file, folder)
        try:
            if file is not None:
                private(file, made.secret + "\n")
            if folder is not None:
                client_of(endpoints, publisher).written(folder, made.secret)
        except OSError as fault:
            raise CommandError(
                text(
                    f"口令无法写入 {fault.filename}：{fault.strerror}。没有改动任何口令。",
                    f"The secret cannot be written to {fault.filename}: {fault.strerror}. No secret was changed.",
                )
            ) from fault
        return made

    @property
    def told(self) -> str:
        """The secret where it is to be shown, else where it was written."""
        written = self.file or (self.folder and self.folder / client_settings.SECRET)
        return f"<{written}>" if written else self.secret


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


def client_of(endpoints: Endpoints, publisher: Publisher) -> Client:
    """How the publisher's own client reaches the hub."""
    return Client(endpoints.door, credentials.user_of(publisher.division), endpoints.web)


def client(endpoints: Endpoints, publisher: Publisher, secret: str) -> dict[str, Any]:
    """What the publisher's own Kafka client needs."""
    return {
        "bootstrap.servers": str(endpoints.door),
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
        "schema.registry.url": endpoints.web,
        "user": credentials.user_of(publisher.division),
        "settings": client_of(endpoints, publisher).settings(secret),
    }


def tell(
    endpoints: Endpoints, publisher: Publisher, steps: Steps, given: Given | None, headline: str, *,
    as_json: bool,
) -> None:  # fmt: skip
    """The publisher, what was done, and what its clients are told; the secret once, when it is new."""
    secret = given.told if given else text("<已发放的口令>", "<the secret it was given>")
    rate = (
        access.limited(endpoints.kafka, credentials.user_of(publisher.division))
        if endpoints.kafka.authenticated
        else None
    )
    if as_json:
        content = {
            **described(publisher),
            "made": steps.made,
            "done": steps.done,
            "unset": steps.unset,
            "quota_bytes_a_second": rate,
            "secret": given.secret if given and given.told == given.secret else None,
            "secret_file": str(given.file) if given and given.file else None,
            "folder": str(given.folder) if given and given.folder else None,
            "client": client(endpoints, publisher, secret),
        }
        typer.echo(json.dumps(content, ensure_ascii=False))
        return
    show(endpoints, publisher, headline, given, rate)
    for line in client_settings.shown(client_of(endpoints, publisher), secret):
        typer.echo(line)
    warn(steps)
    try_it(publisher, given)


def warn(steps: Steps) -> None:
    """What the cluster has no means for, loudly."""
    for one in steps.unset:
        typer.echo(text(f"未设置：{one}", f"NOT SET: {one}"), err=True)


def show(endpoints: Endpoints, publisher: Publisher, headline: str, given: Given | None, rate: int | None) -> None:
    """The publisher for people to read."""
    console, division = Console(highlight=False), publisher.division
    console.print(headline)
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    state = text("暂停", "suspended") if publisher.suspended else text("正常", "active")
    table.add_row(text("状态", "state"), state)
    table.add_row(text("渠道、联系人", "channel, contact"), escape(f"{publisher.channel}  {publisher.contact or '-'}"))
    table.add_row("bootstrap.servers", str(endpoints.door))
    if endpoints.web is not None:
        table.add_row(text("模式注册表、HTTP", "registry, HTTP"), endpoints.web)
    table.add_row(text("用户", "user"), credentials.user_of(division))
    if given is not None:
        once = text("只显示这一次，请妥善保存", "shown this once: keep it")
        table.add_row(text("口令", "secret"), given.told + ("" if given.told != given.secret else f"  ({once})"))
    if rate is not None:
        table.add_row(text("配额", "quota"), f"{rate // 1024} KiB/s")
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
    table.add_row(text("消费组", "consumer group"), f"{credentials.user_of(division)}…")
    console.print(table)


def try_it(publisher: Publisher, given: Given | None) -> None:
    """What to do next."""
    kind, division = publisher.kinds[0], publisher.division
    lines = [
        f"huiliu contract show {kind} --avro > {kind}.avsc",
        f"huiliu check {kind}.jsonl --kind {kind} --as {division}",
        f"huiliu publish {kind}.jsonl --kind {kind} --as {division}",
    ]
    if given is not None and given.folder is not None:
        lines.append(f"kcat -F {given.folder / client_settings.KCAT} -L")
    typer.echo("\n" + text("试一试：", "try:"))
    for line in lines:
        typer.echo(f"  {line}")
