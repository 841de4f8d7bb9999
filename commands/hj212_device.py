"""huiliu hj212 device: which monitors may speak to the gateway."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from enum import StrEnum
from ipaddress import ip_network
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from commands.errors import CommandError
from huiliu.language import text

if TYPE_CHECKING:
    from huiliu.division import DivisionCode
    from sinks.devices import Device, Seen
    from sinks.warehouse import Connection

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help=text("输出 JSON，供程序读取", "JSON, for programs to read"))]
Mn = Annotated[str, typer.Argument(help=text("设备唯一标识 MN", "monitor number (MN)"))]

#: Longest MN that is taken, characters; the standard has 24.
_LONGEST = 64


class Crc(StrEnum):
    """The check a monitor may use beside the standard's."""

    STANDARD = "standard"
    MODBUS = "modbus"
    MODBUS_SWAPPED = "modbus-low-first"

    @property
    def kept(self) -> str:
        """As the register calls it."""
        return "modbus, low byte first" if self is Crc.MODBUS_SWAPPED else self.value


@app.command("add", help=text("登记设备，或更改其设置", "register a monitor, or change its settings"))
def add_device(
    mn: Mn,
    division: Annotated[
        str | None,
        typer.Option(help=text("报送单位区划，默认按排口登记", "the publisher's division, else the outlet's")),
    ] = None,
    pw_file: Annotated[
        Path | None, typer.Option(help=text("密码 PW 所在文件，- 为标准输入", "file with its PW; - for standard input"))
    ] = None,
    any_pw: Annotated[bool, typer.Option("--any-pw", help=text("不核对密码", "do not check its PW"))] = False,
    allow: Annotated[
        list[str] | None, typer.Option(help=text("只允许的网段（CIDR），可多次", "networks allowed (CIDR), repeatable"))
    ] = None,
    deny: Annotated[
        list[str] | None, typer.Option(help=text("拒绝的网段（CIDR），可多次", "networks refused (CIDR), repeatable"))
    ] = None,
    crc: Annotated[
        Crc | None, typer.Option(help=text("校验方式，默认标准", "the check it uses; else the standard's"))
    ] = None,
    sm4_key: Annotated[
        str | None, typer.Option(help=text("密钥文件中的密钥名", "name of its key in the gateway's key file"))
    ] = None,
    set_clock: Annotated[
        bool | None,
        typer.Option("--set-clock/--leave-clock", help=text("时钟偏差时对时", "set its clock when it drifts")),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """A monitor that is there keeps what is not said anew; the gateway follows within its refresh time."""
    from commands.warehouse import writing
    from deploy.endpoints import resolve
    from huiliu.settings import Settings
    from sinks import devices
    from sinks.credentials import Verifier

    number = _number(mn)
    given_pw = password(pw_file)
    with writing(resolve(Settings.from_environment())) as connection:
        known = devices.find(connection, number)
        if known is None and given_pw is None and not any_pw:
            raise CommandError(
                text(
                    f"请给出 {number} 的密码：--pw-file 文件（或 -），不核对则用 --any-pw。",
                    f"Give the PW of {number}: --pw-file FILE (or -), or --any-pw to check none.",
                )
            )
        owner = _owner(connection, number, division, known)
        base = known or devices.Device(mn=number, division=owner)
        changed = replace(
            base,
            division=owner,
            verifier=None if any_pw else Verifier.of(given_pw) if given_pw else base.verifier,
            allow=base.allow if allow is None else _networks(allow),
            deny=base.deny if deny is None else _networks(deny),
            crc=base.crc if crc is None else crc.kept,
            sm4_key=base.sm4_key if sm4_key is None else sm4_key or None,
            set_clock=base.set_clock if set_clock is None else set_clock,
        )
        devices.put(connection, changed)
    if as_json:
        typer.echo(json.dumps(described(changed, None), ensure_ascii=False))
    else:
        typer.echo(text(f"已登记设备 {number}（{owner}）", f"Registered monitor {number} for {owner}"))


@app.command("show", help=text("一个设备的设置与最近通讯", "one monitor: settings, and when it was heard"))
def show_device(mn: Mn, as_json: AsJson = False) -> None:
    """What is known of one monitor."""
    from commands.warehouse import reading
    from deploy.endpoints import resolve
    from huiliu.settings import Settings
    from sinks import devices

    number = _number(mn)
    with reading(resolve(Settings.from_environment())) as connection:
        known, heard = devices.find(connection, number), devices.seen(connection).get(number)
    if known is None:
        raise _unknown(number)
    told = described(known, heard)
    if as_json:
        typer.echo(json.dumps(told, ensure_ascii=False))
        return
    for key, value in told.items():
        typer.echo(f"{key}: {value if not isinstance(value, list) else ' '.join(value)}")


@app.command("list", help=text("列出设备", "list the monitors"))
def list_devices(as_json: AsJson = False) -> None:
    """All monitors by number."""
    from commands.warehouse import reading
    from deploy.endpoints import resolve
    from huiliu.settings import Settings
    from sinks import devices

    with reading(resolve(Settings.from_environment())) as connection:
        found, heard = devices.listed(connection), devices.seen(connection)
    told = [described(one, heard.get(one.mn)) for one in found]
    if as_json:
        typer.echo(json.dumps({"devices": told}, ensure_ascii=False))
        return
    if not told:
        mend = "huiliu hj212 device add MN --division 340100 --pw-file FILE"
        typer.echo(text(f"还没有设备。登记：{mend}", f"There is no monitor yet. Register one: {mend}"))
        return
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for heading in (
        "MN",
        text("区划", "division"),
        text("状态", "state"),
        text("最近通讯", "heard"),
        text("时钟偏差 ms", "drift ms"),
    ):
        table.add_column(heading, overflow="fold")
    for one in told:
        state = text("暂停", "suspended") if one["suspended"] else text("正常", "active")
        drift = "" if one["drift_ms"] is None else str(one["drift_ms"])
        table.add_row(one["mn"], one["division"], state, one["seen_at"] or "", drift)
    Console(highlight=False).print(table)


@app.command("suspend", help=text("暂停或恢复设备", "suspend a monitor, or take it back"))
def suspend_device(
    mn: Mn,
    resume: Annotated[bool, typer.Option("--resume", help=text("恢复", "take it back"))] = False,
    as_json: AsJson = False,
) -> None:
    """A suspended monitor's frames are refused within the gateway's refresh time."""
    from commands.warehouse import writing
    from deploy.endpoints import resolve
    from huiliu.settings import Settings
    from sinks import devices

    number = _number(mn)
    with writing(resolve(Settings.from_environment())) as connection:
        known = devices.find(connection, number)
        if known is None:
            raise _unknown(number)
        changed = replace(known, suspended=not resume)
        devices.put(connection, changed)
    if as_json:
        typer.echo(json.dumps(described(changed, None), ensure_ascii=False))
    else:
        done_zh, done_en = ("已恢复", "Taken back") if resume else ("已暂停", "Suspended")
        typer.echo(text(f"{done_zh}设备 {number}", f"{done_en}: monitor {number}"))


def described(device: Device, heard: Seen | None) -> dict[str, Any]:
    """A monitor as JSON; of its password only whether one is asked for."""
    seen_at = datetime.fromtimestamp(heard.seen_ms / 1000, UTC).isoformat(timespec="seconds") if heard else None
    return {
        "mn": device.mn,
        "division": device.division,
        "pw": device.verifier is not None,
        "allow": list(device.allow),
        "deny": list(device.deny),
        "crc": device.crc,
        "sm4_key": device.sm4_key,
        "set_clock": device.set_clock,
        "suspended": device.suspended,
        "seen_at": seen_at,
        "peer": heard.peer if heard else None,
        "edition": heard.edition if heard else None,
        "drift_ms": heard.drift_ms if heard else None,
    }


def _number(given: str) -> str:
    number = given.strip()
    if not number or len(number) > _LONGEST or not (number.isascii() and number.isprintable()) or ";" in number:
        raise CommandError(
            text(
                f"MN 应为 1 至 {_LONGEST} 个字符，如 010000A8900016F000169DC0", f"An MN has 1 to {_LONGEST} characters."
            )
        )
    return number


def _unknown(number: str) -> CommandError:
    return CommandError(
        text(
            f"没有设备 {number}。登记：huiliu hj212 device add {number}",
            f"There is no monitor {number}. Register it: huiliu hj212 device add {number}",
        )
    )


def password(file: Path | None) -> str | None:
    """The PW in a file, or on standard input; None where no file is named. Raises CommandError."""
    if file is None:
        return None
    try:
        given = typer.get_text_stream("stdin").readline() if str(file) == "-" else file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as fault:
        raise CommandError(
            text(
                f"无法读取密码文件 {file}：{fault}。请给出 UTF-8 文本文件，或用 - 读标准输入。",
                f"The PW cannot be read from {file}: {fault}. Give a file of UTF-8 text, or - for standard input.",
            )
        ) from fault
    found = given.strip("\r\n")
    if not 0 < len(found) <= 32 or ";" in found:
        raise CommandError(
            text("密码 PW 为 1 至 32 个字符，标准为 6 个。", "A PW has 1 to 32 characters; the standard's 6.")
        )
    return found


def _networks(given: list[str]) -> tuple[str, ...]:
    try:
        return tuple(str(ip_network(one.strip(), strict=False)) for one in given if one.strip())
    except ValueError as fault:
        raise CommandError(
            text(f"网段写法不对：{fault}。例如 10.1.0.0/16", f"No network: {fault}. Write 10.1.0.0/16")
        ) from fault


def _owner(connection: Connection, mn: str, division: str | None, known: Device | None) -> DivisionCode:
    """The publisher that the monitor's readings are sent for. Raises CommandError where there is none."""
    from commands import arguments
    from huiliu import division as divisions
    from huiliu.division import DivisionCode
    from sinks import devices, publishers

    code = (
        arguments.division(division) if division else known.division if known else devices.division_of(connection, mn)
    )
    if code is None:
        raise CommandError(
            text(
                f"排口登记中没有 {mn}，请用 --division 指明报送单位。",
                f"No outlet is registered under {mn}: name its publisher with --division.",
            )
        )
    for candidate in (code, DivisionCode(divisions.city_of(code))):
        publisher = publishers.find(connection, candidate)
        if publisher is not None and "reading" in publisher.kinds:
            return candidate
    raise CommandError(
        text(
            f"{code} 还不是 reading 的报送单位。请先执行 huiliu publisher add {code} --kinds reading --channel hj212",
            f"{code} publishes no readings yet. First: huiliu publisher add {code} --kinds reading --channel hj212",
        )
    )
