"""A Kafka record as a command shows it: bytes as they are, the event if they hold one, key and headers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from rich.markup import escape

from huiliu.language import text
from schemas import event_json, packets
from schemas.contract import contract

_HEX_BYTES: Final = 512  # shown to a person; a program gets all


def described(key: bytes | None, value: bytes | None, headers: Sequence[tuple[str, bytes | None]]) -> dict[str, Any]:
    """Key, value and headers as JSON: bytes as hexadecimal, beside it the text where it is some."""
    return {
        "key": _text(key),
        "key_hex": None if key is None else key.hex(),
        "value_hex": None if value is None else value.hex(),
        "value_bytes": None if value is None else len(value),
        "headers": [{"name": name, "value": _text(content)} for name, content in headers],
    }


def _text(content: bytes | None) -> str | None:
    return None if content is None else content.decode("utf-8", "backslashreplace")


def lines(
    kind: str, key: bytes | None, value: bytes | None, headers: Sequence[tuple[str, bytes | None]]
) -> Iterator[str]:
    """A record as marked-up lines for a console."""
    null = text("（空）", "(null)")
    yield text("消息键  ", "key      ") + escape(null if key is None else str(_text(key)))
    for name, content in headers:
        yield text("消息头  ", "header   ") + escape(f"{name} = {null if content is None else _text(content)}")
    yield text("消息值  ", "value    ") + (null if value is None else text(f"{len(value)} 字节", f"{len(value)} bytes"))
    if (value or b"").startswith(packets.HEADER):
        yield from _packets(value or b"")
        return
    shown = (value or b"")[:_HEX_BYTES]
    for start in range(0, len(shown), 32):
        yield f"  {start:06x}  {shown[start : start + 32].hex(' ', 4)}"
    if value is not None and len(value) > _HEX_BYTES:
        yield text("  ……全部见 --json", "  … all of it with --json")
    found = event_json.of_value(kind, value)
    if found is None:
        yield text("事项    无法解码", "event    cannot be decoded")
        return
    yield text("事项", "event")
    names = {field.name: text(field.zh, field.en) for field in contract(kind).fields}
    for name, content in found.items():
        if content is not None:
            yield f"  {escape(f'{name:<22}{content}')}  [dim]{escape(names[name])}[/]"


def _packets(value: bytes) -> Iterator[str]:
    """Bare packets of HJ 212 are text."""
    yield text(
        "HJ 212 报文（huiliu hj212 explain 可逐项解读）",
        "HJ 212 packets (huiliu hj212 explain tells them field by field)",
    )
    for line in value.decode("utf-8", "backslashreplace").splitlines():
        yield f"  {escape(line)}"
