"""How an explained frame looks on a terminal."""

from __future__ import annotations

import typer

from gateways.hj212.code_doubts import Field
from gateways.hj212.doubt import Doubt
from gateways.hj212.explanation import Explanation, explain
from gateways.hj212.frame import Check, Frame, Noise
from gateways.hj212.names import Name
from huiliu.language import text


def show(piece: Frame | Noise) -> None:
    """One frame, or what is none."""
    if isinstance(piece, Noise):
        seen = piece.data[:64].decode("utf-8", "backslashreplace")
        typer.echo(str(Doubt("HJ-FR-NOISE", "", seen, "##…")))
        return
    found = explain(piece)
    for line in (*_frame(found), *map(_field, found.fields), *_doubts(found)):
        typer.echo(line)
    typer.echo()


def _frame(found: Explanation) -> list[str]:
    edition = found.edition or text("未知", "unknown")
    length = f"{found.declared if found.declared is not None else '-'}"
    length += text("，相符", ", right") if found.length_ok else text(f"，实为 {found.actual}", f", is {found.actual}")
    kinds = {
        Check.STANDARD: text("正确", "right"),
        Check.MODBUS: text(
            f"普通 Modbus，标准值为 {found.expected}", f"plain Modbus; the standard's is {found.expected}"
        ),
        Check.MODBUS_SWAPPED: text(
            f"普通 Modbus、低字节在前，标准值为 {found.expected}",
            f"plain Modbus, swapped; the standard's is {found.expected}",
        ),
        Check.NONE: text(f"不符，应为 {found.expected}", f"wrong, should be {found.expected}"),
    }
    return [
        text(f"版本 {edition}", f"edition {edition}"),
        text("长度 ", "length  ") + length,
        f"CRC  {found.given or '-'} {kinds[found.check]}",
    ]


def _field(one: Field) -> str:
    where = f"  [{one.group}] " if one.group else "  "
    unit = f" {one.name.unit}" if one.name and one.name.unit else ""
    return f"{where}{one.key}={one.value}{unit}  {_said(one.name)}" + (f"：{_said(one.meaning)}" if one.meaning else "")


def _said(name: Name | None) -> str:
    if name is None:
        return text("未知 unknown", "unknown 未知")
    return name.zh if name.zh == name.en else text(f"{name.zh} {name.en}", f"{name.en} {name.zh}")


def _doubts(found: Explanation) -> list[str]:
    if not found.doubts:
        return [text("没有疑点", "no doubts")]
    return [
        text(f"疑点 {len(found.doubts)} 处：", f"{len(found.doubts)} doubts:"),
        *(f"  {one}" for one in found.doubts),
    ]
