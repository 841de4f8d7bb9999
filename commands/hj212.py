"""huiliu hj212: frames of emission monitors explained; the gateway, its devices, a simulated monitor, a relay.

Each command imports what it needs when it runs: explaining a frame must answer at once.
"""

from __future__ import annotations

import json
import signal
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from commands import hj212_device
from commands.errors import CommandError
from commands.main import NOT_SO
from huiliu.language import text
from huiliu.open_files import many_files

if TYPE_CHECKING:
    from gateways.hj212.simulated import Told

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, no_args_is_help=True)
app.add_typer(
    hj212_device.app, name="device", help=text("设备：登记、查看、暂停", "monitors: add, show, list, suspend")
)

AsJson = Annotated[bool, typer.Option("--json", help=text("输出 JSON，供程序读取", "JSON, for programs to read"))]

#: Most that is read from standard input, bytes.
_LARGEST = 16 * 1024 * 1024


@app.command("explain", help=text("逐项解读数据包，指出每个疑点", "a frame in words, with each doubt"))
def explain_frames(
    frames: Annotated[
        list[str] | None,
        typer.Argument(
            help=text("数据包，或其十六进制；- 或不给则读标准输入", "frames, or hex; - or none: standard input")
        ),
    ] = None,
    key_file: Annotated[
        Path | None,
        typer.Option(help=text("SM4 密钥文件（2025 版加密数据区）", "file with the SM4 key of sealed data")),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Every field named, every doubt said; as JSON one object a line for each frame."""
    from gateways.hj212 import explanation, pasted, sm4
    from gateways.hj212.frame import Noise

    secret = _key(key_file)
    opener = (lambda segment: sm4.opened(segment, secret)) if secret else None
    given = [_input()] if not frames or frames == ["-"] else [one.encode("utf-8", "surrogateescape") for one in frames]
    found = [piece for one in given for piece in pasted.frames(one, opener)]
    if not found:
        raise CommandError(
            text(
                "没有可解读的内容。请给出一个以 ## 开头的数据包。",
                "Nothing to explain. Give a frame, which begins with ##.",
            )
        )
    for piece in found:
        if as_json:
            told = (
                explanation.noise_json(piece)
                if isinstance(piece, Noise)
                else explanation.as_json(explanation.explain(piece))
            )
            typer.echo(json.dumps(told, ensure_ascii=False))
        else:
            from commands.hj212_words import show

            show(piece)


def _input() -> bytes:
    return sys.stdin.buffer.read(_LARGEST)


def _key(file: Path | None) -> bytes | None:
    if file is None:
        return None
    from gateways.hj212 import sm4

    try:
        return sm4.key(file.read_text("utf-8"))
    except (OSError, ValueError) as fault:
        raise CommandError(
            text(
                f"无法从 {file} 读取 SM4 密钥。请给出 32 位十六进制或 16 个字符。",
                f"{file} holds no SM4 key. Give 32 hex digits or 16 characters.",
            )
        ) from fault


@app.command("serve", help=text("只运行 HJ 212 网关", "run the HJ 212 gateway alone"))
def serve() -> None:
    """As huiliu gateway hj212."""
    from commands.gateway import hj212

    hj212()


@app.command("simulate", help=text("模拟设备：发送数据包，可带故障", "simulated monitors, with faults if wanted"))
def simulate_monitors(
    mn: Annotated[str, typer.Option("--mn", help=text("设备唯一标识", "monitor number"))],
    host: Annotated[str, typer.Option(help=text("网关地址", "the gateway's address"))] = "127.0.0.1",
    port: Annotated[
        int | None, typer.Option(help=text("网关端口，默认为运行中的网关", "its port; else the running one's"))
    ] = None,
    devices: Annotated[
        int, typer.Option(min=1, max=60_000, help=text("设备数（MN 末五位编号）", "monitors, numbered"))
    ] = 1,
    rate: Annotated[
        float, typer.Option(min=0.001, max=10_000, help=text("每台每秒数据包", "frames a second of each"))
    ] = 1.0,
    seconds: Annotated[float, typer.Option(min=0.1, max=86_400, help=text("持续秒数", "for how long, seconds"))] = 10.0,
    edition: Annotated[str, typer.Option(help="2005 | 2017 | 2025")] = "2017",
    cn: Annotated[str, typer.Option(help="2011 | 2051 | 2061 | 2031")] = "2011",
    faults: Annotated[str, typer.Option(help="crc,split,duplicate,late,clock")] = "",
    pw_file: Annotated[
        Path | None, typer.Option(help=text("密码文件，默认 123456", "file with the PW; else 123456"))
    ] = None,
    seed: Annotated[int, typer.Option(help=text("随机种子", "seed"))] = 0,
    sent: Annotated[
        Path | None,
        typer.Option(
            help=text("逐条写入所发报文及应答（JSON 行）", "file for each message and its answers (JSON lines)")
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Send as field machines do, wait for each acknowledgement, send again; exit code 3 when some message had none."""
    import asyncio

    from gateways.hj212 import simulated
    from gateways.hj212.segment import Edition

    wanted = tuple(one.strip() for one in faults.split(",") if one.strip())
    _one_of("--edition", edition, [one.value for one in Edition])
    _one_of("--cn", cn, simulated.STEPS)
    for one in wanted:
        _one_of("--faults", one, simulated.FAULTS)
    plan = simulated.Plan(
        host=host,
        port=port or _running_port(),
        password=hj212_device.password(pw_file) or "123456",
        edition=Edition(edition),
        cn=cn,
        rate=rate,
        frames=max(1, round(rate * seconds)),
        faults=wanted,
        seed=seed,
        keep=sent is not None,
    )
    many_files()
    _writable(sent)
    began = time.monotonic()
    try:
        told = asyncio.run(simulated.simulate(simulated.numbers(mn, devices), plan))
    except OSError as fault:
        raise CommandError(
            text(
                f"无法连接 {host}:{plan.port}：{fault.strerror or fault}。请先执行 huiliu up 或 huiliu hj212 serve。",
                f"{host}:{plan.port} cannot be reached: {fault.strerror or fault}. First: huiliu up, or hj212 serve.",
            )
        ) from fault
    if sent is not None:
        lines = (json.dumps(one.as_json(), ensure_ascii=False) for one in told.messages)
        sent.write_text("".join(f"{line}\n" for line in lines), "utf-8")
    result = {"devices": devices, **_figures(told), "seconds": round(time.monotonic() - began, 3)}
    typer.echo(json.dumps(result) if as_json else "\n".join(f"{name}: {value}" for name, value in result.items()))
    if told.counts["failed"]:
        raise typer.Exit(NOT_SO)


def _figures(told: Told) -> dict[str, Any]:
    """What became of the frames, counted, and how long answers took."""
    waits = sorted(told.seconds) or [0.0]
    names = ("messages", "sent", "acknowledged", "refused", "resent", "unanswered", "failed", "clock_orders")
    return {
        **{name: told.counts[name] for name in names},
        "faults": dict(told.faults),
        "answer_ms_p50": round(waits[len(waits) // 2] * 1000, 1),
        "answer_ms_p99": round(waits[int(len(waits) * 0.99)] * 1000, 1),
    }


def _writable(file: Path | None) -> None:
    """Said before anything is sent, not after."""
    try:
        if file is not None:
            file.touch()
    except OSError as fault:
        raise CommandError(
            text(f"无法写入 {file}：{fault.strerror}", f"{file} cannot be written: {fault.strerror}")
        ) from fault


def _one_of(option: str, given: str, allowed: Iterable[str]) -> None:
    if given not in allowed:
        known = ", ".join(allowed)
        raise CommandError(
            text(f"{option} 不能是 {given!r}，可用：{known}", f"{option} cannot be {given!r}. Allowed: {known}")
        )


def _running_port() -> int:
    """The port of the gateway that runs in the home folder; else the standard one."""
    from deploy import record, targets
    from gateways.hj212.limits import PORT
    from huiliu.settings import Settings

    settings = Settings.from_environment()
    known = record.load(settings.home)
    url = known.gateways.get("gateway-hj212") if known is not None else None
    return settings.hj212_port or (targets.port_of(url) if url else PORT)


@app.command("forward", help=text("将收到的数据包原样转发到另一平台", "relay frames unchanged to another platform"))
def forward_frames(
    to: Annotated[str, typer.Option("--to", help=text("另一平台的 主机:端口", "the other platform's host:port"))],
    division: Annotated[
        list[str] | None, typer.Option(help=text("只转发这些报送单位，可多次", "these divisions only, repeatable"))
    ] = None,
    name: Annotated[str, typer.Option(help=text("转发名，区分进度", "name, under which progress is kept"))] = "",
    seconds: Annotated[float, typer.Option(help=text("转发多久，0 为一直", "for how long; 0: until stopped"))] = 0.0,
    without_answers: Annotated[
        bool,
        typer.Option(
            "--without-answers", help=text("对方从不应答：发出即算送达", "that platform never answers: sent is done")
        ),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """What waits while the platform is away waits in Kafka, bounded by retention; Ctrl-C stops, progress is kept."""
    import asyncio

    from commands import arguments
    from commands.warehouse import reading
    from deploy.endpoints import resolve
    from gateways.hj212 import forwarding
    from huiliu.settings import Settings
    from schemas.topics import HJ212_FRAMES, intake_topic
    from sinks import publishers

    host, colon, port = to.rpartition(":")
    if not (host and colon and port.isdecimal() and 0 < int(port) < 65_536):
        raise CommandError(text(f"--to 应为 主机:端口，不是 {to!r}", f"--to is host:port, not {to!r}"))
    endpoints = resolve(Settings.from_environment())
    wanted = {arguments.division(one) for one in division or ()}
    with reading(endpoints) as connection:
        known = [one.division for one in publishers.listed(connection) if "reading" in one.kinds]
    topics = [intake_topic(one, "reading") for one in known if not wanted or one in wanted]
    topics += [] if wanted else [HJ212_FRAMES]
    platform = forwarding.Platform(host, int(port), answers=not without_answers)
    group = f"huiliu-hj212-forward-{name or to}"

    async def run() -> None:
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, stop.set)
        if seconds:
            loop.call_later(seconds, stop.set)
        await forwarding.forward(endpoints.kafka, topics, group, platform, stop)

    asyncio.run(run())
    result = {one: platform.counts[one] for one in ("sent", "answered", "refused", "unanswered", "sent_unasked")}
    typer.echo(json.dumps(result) if as_json else "\n".join(f"{key}: {value}" for key, value in result.items()))
