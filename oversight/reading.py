"""Reading a JSON file of rules strictly: every field is known, of its type and within its bounds, or a fault.

Nothing raises while a file is read: faults are collected, so that one look shows all that is wrong. A reader function
takes a value and its place and gives what it means, or ``None`` after noting a fault.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Final, TypeVar

from oversight.errors import Fault

MOST_BYTES: Final = 1 << 20
_NAMED: Final[Mapping[type, tuple[str, str]]] = {
    str: ("文本", "a text"),
    dict: ("对象", "an object"),
    list: ("数组", "an array"),
}


E = TypeVar("E")


@dataclass
class Reading:
    """One file and the faults found in it so far."""

    file: str
    faults: list[Fault] = field(default_factory=list)

    def fault(self, place: str, zh: str, en: str) -> None:
        """Note that something at the place is not allowed."""
        self.faults.append(Fault(self.file, place, zh, en))

    def document(self, path: Path) -> Any:
        """The file's JSON, or None after a fault."""
        try:
            if path.stat().st_size > MOST_BYTES:
                return self.fault("", f"大于 {MOST_BYTES} 字节", f"larger than {MOST_BYTES} bytes")
            written = path.read_bytes().decode("utf-8-sig")
        except OSError as error:
            return self.fault("", f"无法读取：{error.strerror}", f"cannot be read: {error.strerror}")
        except UnicodeDecodeError as error:
            return self.fault("", f"第 {error.start} 字节起不是 UTF-8", f"not UTF-8 from byte {error.start} on")
        try:
            return json.loads(written, object_pairs_hook=self._object, parse_constant=self._no_number)
        except json.JSONDecodeError as error:
            place = f"{error.lineno}:{error.colno}"
            return self.fault(place, "不是 JSON，请检查此处的标点与括号", f"not JSON: {error.msg}")
        except (RecursionError, ValueError):
            return self.fault("", "嵌套过深或数字过长", "nested too deep, or a number is too long")

    def _object(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        seen: dict[str, Any] = {}
        for name, value in pairs:
            if name in seen:
                self.fault(name, "同一对象中出现两次，只能一次", "stands twice in one object; once is allowed")
            seen[name] = value
        return seen

    def _no_number(self, name: str) -> None:
        self.fault("", f"{name} 不是数", f"{name} is not a number")

    def fields(self, value: Any, place: str, known: Iterable[str], optional: Iterable[str] = ()) -> dict[str, Any]:
        """An object's fields; unknown and missing ones are faults."""
        known, optional = tuple(known), tuple(optional)
        if not isinstance(value, dict):
            self.of_type(value, place, dict)
            return {}
        allowed = (*known, *optional)
        for name in value:
            if name not in allowed:
                self.fault(
                    at(place, name),
                    f"没有这个字段，可用：{'、'.join(allowed)}",
                    f"no such field. Allowed: {', '.join(allowed)}",
                )
        for name in known:
            if name not in value:
                self.fault(at(place, name), "缺少此字段", "is missing")
        return {name: content for name, content in value.items() if name in allowed}

    def of_type(self, value: Any, place: str, kind: type) -> Any:
        """The value if of this type (str, dict, list)."""
        if isinstance(value, kind):
            return value
        zh, en = _NAMED[kind]
        return self.fault(place, f"应为{zh}，而是 {shown(value)}", f"must be {en}, is {shown(value)}")

    def text(self, value: Any, place: str) -> str | None:
        """A text that says something."""
        if self.of_type(value, place, str) is None:
            return None
        if not value.strip():
            return self.fault(place, "不能为空", "must not be empty")  # type: ignore[func-returns-value]
        return str(value)

    def matching(self, value: Any, place: str, form: re.Pattern[str], example: str) -> str | None:
        """A text of this form."""
        if isinstance(value, str) and form.fullmatch(value):
            return value
        return self.fault(
            place, f"{shown(value)} 不可用，形如 {example}", f"{shown(value)} is not allowed: write {example}"
        )  # type: ignore[func-returns-value]

    def one_of(self, value: Any, place: str, allowed: Sequence[str]) -> Any:
        """One of the allowed texts."""
        if isinstance(value, str) and value in allowed:
            return value
        return self.fault(
            place,
            f"{shown(value)} 不可用，允许：{'、'.join(allowed)}",
            f"{shown(value)} is not allowed. Allowed: {', '.join(allowed)}",
        )

    def whole(self, value: Any, place: str, least: int, most: int) -> int | None:
        """A whole number from ``least`` to ``most``."""
        if type(value) is int and least <= value <= most:
            return value
        return self.fault(  # type: ignore[func-returns-value]
            place,
            f"应为 {least} 至 {most} 的整数，而是 {shown(value)}",
            f"must be a whole number from {least} to {most}, is {shown(value)}",
        )

    def number(self, value: Any, place: str, least: float, most: float) -> float | None:
        """A number from ``least`` to ``most``."""
        if type(value) in (int, float) and math.isfinite(value) and least <= value <= most:
            return float(value)
        bound_zh = f"不小于 {least:g}" if most == math.inf else f"{least:g} 至 {most:g}"
        bound_en = f"of at least {least:g}" if most == math.inf else f"from {least:g} to {most:g}"
        return self.fault(  # type: ignore[func-returns-value]
            place, f"应为{bound_zh} 的数，而是 {shown(value)}", f"must be a number {bound_en}, is {shown(value)}"
        )

    def day(self, value: Any, place: str) -> date | None:
        """A day written 2026-05-01."""
        if isinstance(value, str) and re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
            try:
                return date.fromisoformat(value)
            except ValueError:
                pass  # a day that no month has is told below, like any other text
        return self.fault(
            place, f"{shown(value)} 不是日期，形如 2026-05-01", f"{shown(value)} is no day: write 2026-05-01"
        )  # type: ignore[func-returns-value]

    def items(self, value: Any, place: str, read: Callable[[Any, str], Any]) -> list[Any]:
        """Each member of an array, read; those with faults left out."""
        members = self.of_type(value, place, list) or []
        found = [read(member, f"{place}[{number}]") for number, member in enumerate(members)]
        return [member for member in found if member is not None]


def entries(
    path: Path,
    name: str,
    read: Callable[[Reading, Any, str], E | None],
    check: Callable[[Reading, Sequence[E]], None],
    refused: Callable[[Sequence[Fault]], Exception],
) -> tuple[E, ...]:
    """What a file of data holds under one name: each entry read, then all of them checked against each other.

    Raises what ``refused`` makes of everything that is wrong.
    """
    reading, found = Reading(path.name), list[E]()
    document = reading.document(path)
    if not reading.faults:
        told = reading.fields(document, "", (name,), ("about",))
        found = reading.items(told.get(name), name, lambda value, place: read(reading, value, place))
        check(reading, found)
    if reading.faults:
        raise refused(reading.faults)
    return tuple(found)


def at(place: str, name: str) -> str:
    """The place of a field within an object's."""
    return f"{place}.{name}" if place else name


def shown(value: Any) -> str:
    """A value as the file has it, cut short."""
    written = json.dumps(value, ensure_ascii=False, default=str)
    return written if len(written) <= 40 else written[:39] + "…"


def complete(values: Mapping[str, Any], needed: Iterable[str]) -> bool:
    """Whether all of these were read without fault."""
    return all(values.get(name) is not None for name in needed)
