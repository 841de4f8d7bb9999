"""huiliu hj212: frames of emission monitors explained; the gateway, its devices, a simulated monitor, a relay.

Each command imports what it needs when it runs: explaining a frame must answer at once.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from commands import hj212_device
from commands.errors import CommandError
from huiliu.language import text

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
