"""What people type for a division, a kind or a file; a wrong one is refused with what was probably meant."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, BinaryIO, Final

import typer

from commands.errors import CommandError
from huiliu import division as divisions
from huiliu.clock import now_ms
from huiliu.division import DivisionCode
from huiliu.language import text
from huiliu.period import SHANGHAI
from schemas.contract import KINDS

AsJson = Annotated[bool, typer.Option("--json", help=text("输出 JSON，供程序读取", "JSON, for programs to read"))]

#: A file to send, in any format that gateways.files.source knows.
SentFile = Annotated[
    Path,
    typer.Argument(
        help=text(
            "JSON 行、CSV、XLSX、XLS 或 Parquet 文件；- 为标准输入", "JSON lines, CSV, XLSX, XLS, Parquet; - for stdin"
        )
    ),
]
Mapped = Annotated[
    list[str] | None,
    typer.Option(
        "--map",
        help=text(
            "自有标题的对应：标题=字段[:万元]，或此类行的文件", "own headings: HEADING=FIELD[:万元], or a file of such"
        ),
    ),
]
SheetName = Annotated[str | None, typer.Option("--sheet", help=text("工作表名称", "the sheet to read"))]
ReportFile = Annotated[
    Path | None,
    typer.Option("--report", help=text("逐行结果写入 .xlsx 或 .csv", "write what became of each row, .xlsx or .csv")),
]


def group() -> typer.Typer:
    """A command that has commands of its own."""
    return typer.Typer(add_completion=False, pretty_exceptions_enable=False, no_args_is_help=True)


def kind(given: str, allowed: Iterable[str] = KINDS) -> str:
    """The kind of this name. Raises CommandError naming the nearest one and all allowed."""
    known = list(allowed)
    if given in known:
        return given
    close = difflib.get_close_matches(given.lower(), known, n=1)
    meant_zh, meant_en = (f"是否指 {close[0]}？", f"Did you mean {close[0]}? ") if close else ("", "")
    raise CommandError(
        text(
            f"没有事项类别 {given!r}。{meant_zh}可用：{'、'.join(known)}",
            f"There is no kind {given!r}. {meant_en}Allowed: {', '.join(known)}",
        )
    )


def kinds(given: str) -> tuple[str, ...]:
    """Several kinds separated by commas, each once, in the order given; ``all`` is every one."""
    if given.strip() == "all":
        return KINDS
    names = [name.strip() for name in given.replace("，", ",").replace("、", ",").split(",")]
    return tuple(dict.fromkeys(kind(name) for name in names if name)) or (kind(given),)


def division(given: str) -> DivisionCode:
    """The division of this code, which must have a government today. Raises CommandError with the one meant."""
    code = given.strip()
    if not divisions.known(code):
        raise CommandError(_unknown(code))
    if divisions.level(code) == "group":
        raise CommandError(
            text(
                f"{code}（{divisions.name(code)}）只是区县的分组，不报送。请用所属市 {_named(divisions.city_of(code))}",
                f"{code} ({divisions.name(code)}) only groups counties and reports nothing. "
                f"Use its city, {_named(divisions.city_of(code))}",
            )
        )
    if not divisions.valid_on(code, datetime.fromtimestamp(now_ms() / 1000, SHANGHAI).year):
        raise CommandError(_retired(code))
    return DivisionCode(code)


def _named(code: str) -> str:
    return f"{code} {divisions.full_name(code)}"


def _retired(code: str) -> str:
    last = divisions.intervals()[code][-1][1]
    heir = divisions.successor(code)
    instead_zh = f"，现为 {_named(heir)}" if heir else f"。请核对 GB/T 2260；所属市为 {_named(divisions.city_of(code))}"
    instead_en = f"; now it is {_named(heir)}" if heir else f". Its city is {_named(divisions.city_of(code))}"
    name = divisions.name(code)
    return text(
        f"区划代码 {code}（{name}）已于 {last} 年停用{instead_zh}", f"{code} ({name}) ended in {last}{instead_en}"
    )


def _unknown(given: str) -> str:
    meant = nearest_division(given)
    hint_zh = f"最接近的是 {_named(meant)}" if meant else "应为 GB/T 2260 六位代码，如 340100"
    hint_en = f"The nearest is {_named(meant)}" if meant else "Use a GB/T 2260 code of six digits, such as 340100"
    return text(f"没有行政区划 {given!r}。{hint_zh}", f"There is no division {given!r}. {hint_en}")


def nearest_division(given: str) -> str | None:
    """The division in force that a mistyped code, or a name, most likely stands for."""
    year = datetime.fromtimestamp(now_ms() / 1000, SHANGHAI).year
    known = [c for c in divisions.intervals() if divisions.valid_on(c, year) and divisions.level(c) != "group"]
    if not given.isdecimal():
        named = [c for c in known if given and divisions.name(c).startswith(given)]
        return min(named, key=lambda c: (len(divisions.name(c)), not c.endswith("00"), c)) if named else None
    if len(given) != 6:
        return None
    alike = [c for c in known if c[:4] == given[:4]] or [c for c in known if c[:2] == given[:2]]
    close = difflib.get_close_matches(given, alike, n=1, cutoff=0.0)
    return close[0] if close else None


_REASONS: Final = {FileNotFoundError: "文件不存在", IsADirectoryError: "这是目录", PermissionError: "没有读取权限"}


@contextmanager
def opened(file: Path) -> Iterator[BinaryIO]:
    """The file, or standard input for ``-``, to be read as bytes. Raises CommandError."""
    if str(file) == "-":
        yield typer.get_binary_stream("stdin")
        return
    try:
        source = file.open("rb")
    except OSError as fault:
        reason_zh = _REASONS.get(type(fault), str(fault.strerror))
        raise CommandError(
            text(
                f"无法读取 {file}：{reason_zh}。请给出一个文件，或用 - 读标准输入。",
                f"{file} cannot be read: {fault.strerror}. Give a file, or - for standard input.",
            )
        ) from fault
    with source:
        yield source


@contextmanager
def written(out: Path) -> Iterator[BinaryIO]:
    """The file, or standard output for ``-``, to be written as bytes. Raises CommandError."""
    if str(out) == "-":
        yield typer.get_binary_stream("stdout")
        return
    try:
        with out.open("wb") as sink:
            yield sink
    except OSError as fault:
        raise CommandError(
            text(
                f"无法写入 {out}：{fault.strerror}。请给出可写的文件，或用 - 写到标准输出。",
                f"{out} cannot be written: {fault.strerror}. Give a file that can be, or - for standard output.",
            )
        ) from fault


def moment(given: str) -> datetime:
    """A day, or a day and a time, as typed; in Shanghai where no zone is said. Raises CommandError."""
    try:
        told = datetime.fromisoformat(given.strip())
    except ValueError:
        raise CommandError(
            text(f"无法识别时间 {given!r}，如 2025-06-10T08:00", f"No time {given!r}: write 2025-06-10T08:00.")
        ) from None
    return told if told.tzinfo else told.replace(tzinfo=SHANGHAI)


def size(file: Path) -> int:
    """Bytes of the file; 0 for standard input, whose length nobody knows."""
    return file.stat().st_size if str(file) != "-" and file.is_file() else 0


def spoken(name: Any) -> str:
    """The division's code and name, for tables."""
    code = str(name)
    return f"{code} {divisions.name(code)}" if divisions.known(code) else code
