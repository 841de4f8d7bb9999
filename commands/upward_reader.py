"""huiliu upward reader: a name for a hub above, or another consumer, that may read what this hub tells everybody."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Annotated, Final

import typer

from commands.admission import Steps, taken_up
from commands.arguments import AsJson
from commands.client_settings import KCAT, Client
from commands.errors import CommandError
from deploy import access
from deploy.endpoints import resolve
from huiliu.kafka import Cluster
from huiliu.language import text
from huiliu.settings import Settings
from sinks import credentials

_NAME: Final = re.compile(r"[a-z][a-z0-9-]{1,30}")

Name = Annotated[
    str, typer.Argument(help=text("名称，小写字母、数字、连字符", "a name: lower-case letters, digits, hyphens"))
]


def reader(
    name: Name,
    into: Annotated[
        Path | None,
        typer.Option("--into", help=text("客户端设置写入此目录", "write its client settings into this folder")),
    ] = None,
    remove: Annotated[bool, typer.Option("--remove", help=text("收回", "take it away again"))] = False,
    as_json: AsJson = False,
) -> None:
    """It may read ``province.*`` and nothing else. Said again it has a new secret, and the former one is void."""
    if not _NAME.fullmatch(name):
        raise CommandError(text(f"名称 {name[:60]!r} 应为小写字母、数字、连字符，2 至 31 个",
                                f"{name[:60]!r} should be 2 to 31 lower-case letters, digits, hyphens"))  # fmt: skip
    endpoints, user, steps = resolve(Settings.from_environment()), f"reader-{name}", Steps()
    if not endpoints.kafka.authenticated:
        raise CommandError(
            text("该集群不要求登录，任何能连上的人都可读：上级直接用 --from 主机:端口",
                 "The cluster asks nobody who they are: the hub above uses --from host:port")
        )  # fmt: skip
    if remove:
        steps.authorize(text("撤销访问规则", "rules revoked"), lambda: access.revoke(endpoints.kafka, user))
        with steps.step(text("删除口令", "secret removed")):
            access.remove_secret(endpoints.kafka, user)
    elif into is None:
        raise CommandError(
            text("须给出 --into：口令只写入该目录，不显示", "Give --into: the secret is written there, never shown")
        )
    else:
        _admit(endpoints.kafka, Client(endpoints.door, user), into, steps)
    if as_json:
        told = {"user": user, "folder": None if into is None else str(into), "done": steps.done, "unset": steps.unset}
        typer.echo(json.dumps(told, ensure_ascii=False))
        return
    typer.echo("\n".join([user, *steps.done, *(text(f"未设置：{one}", f"NOT SET: {one}") for one in steps.unset)]))
    if into is not None and not remove:
        typer.echo(text("上级：", "the hub above: ") + f"huiliu upward run --from {into / KCAT} --publisher …")


def _admit(kafka: Cluster, client: Client, into: Path, steps: Steps) -> None:
    """1. Write the settings. 2. Give the rights. 3. The secret comes last: none is in force that was not written."""
    secret = credentials.new_secret()
    try:
        client.written(into, secret)  # 1.
    except OSError as fault:
        raise CommandError(text(f"无法写入 {into}：{fault}", f"{into} cannot be written: {fault}")) from fault
    steps.done.append(text(f"客户端设置 {into}", f"client settings {into}"))
    steps.authorize(text("访问规则", "rules"), lambda: access.grant_reading(kafka, client.user))  # 2.
    with steps.step(text("口令", "secret")):
        access.set_secret(kafka, client.user, secret)  # 3.
        taken_up(kafka, client.user, secret)
