"""What the reader of workbooks does not tell: hidden rows, cells in per cent, failed formulas, and how large it is.

XLSX is a zip of XML parts. They are looked through by regular expressions over bytes, in one pass each: no entity is
ever expanded, and a part larger than the limit is not unpacked.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import BinaryIO, Final
from xml.sax.saxutils import unescape

from gateways.files.errors import FileRefused
from huiliu.language import text

#: Bytes that a workbook may unpack to, and cells that its sheet may span: more would not fit into memory.
UNPACKED_BYTES: Final = 800_000_000
CELLS: Final = 40_000_000

_TAG: Final = r"<(?:\w+:)?"
_SHEET: Final = re.compile(rf"{_TAG}sheet\b([^>]*)/?>".encode())
_RELATION: Final = re.compile(rf"{_TAG}Relationship\b([^>]*)/?>".encode())
_ATTRIBUTE: Final = re.compile(rb'([\w:]+)\s*=\s*(?:"([^"]*)"|\'([^\']*)\')')
_FORMAT: Final = re.compile(rf"{_TAG}numFmt\b([^>]*)/?>".encode())
_STYLES: Final = re.compile(rf"{_TAG}cellXfs\b.*?</(?:\w+:)?cellXfs>".encode(), re.DOTALL)
_STYLE: Final = re.compile(rf"{_TAG}xf\b([^>]*)/?>".encode())
_ROW: Final = re.compile(rf"{_TAG}row\b([^>]*)>".encode())
_CELL: Final = re.compile(rf'{_TAG}c\b[^>]*?\sr="([A-Z]{{1,3}})[0-9]+"'.encode())
_FAILED: Final = re.compile(
    rf'{_TAG}c\b(?=[^>]*\st="e")[^>]*?\sr="([A-Z]{{1,3}})([0-9]+)"[^>]*>.*?<(?:\w+:)?v>([^<]*)<'.encode(), re.DOTALL
)
_PER_CENT: Final = (9, 10)  # the built-in formats 0% and 0.00%


@dataclass(frozen=True, slots=True)
class SheetMarks:
    """Rows and columns are counted from 0. ``failed`` has the error that a cell shows, such as #DIV/0!."""

    hidden: frozenset[int] = frozenset()
    per_cent: frozenset[tuple[int, int]] = frozenset()
    failed: Mapping[tuple[int, int], str] = field(default_factory=dict)


def column_letters(at: int) -> str:
    """A column's letters as a spreadsheet shows them, from 0.

    >>> column_letters(0), column_letters(25), column_letters(26), column_letters(701)
    ('A', 'Z', 'AA', 'ZZ')
    """
    letters = ""
    at += 1
    while at:
        at, rest = divmod(at - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def column_number(letters: str) -> int:
    """The column, from 0, that these letters name."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1


def guard(source: BinaryIO, name: str) -> zipfile.ZipFile:
    """The workbook as a zip. Raises FileRefused if it is none, or would unpack to more than the limit."""
    try:
        archive = zipfile.ZipFile(source)
        names = archive.namelist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as fault:  # the last: too new for zipfile
        raise _damaged(name, fault) from fault
    if not any(part.startswith("xl/") for part in names):
        raise FileRefused(
            text(
                f"{name} 是压缩包而不是 Excel 工作簿。请先解压：unzip {name}",
                f"{name} is a zip archive, not a workbook. Unpack it first: unzip {name}",
            )
        )
    size = sum(part.file_size for part in archive.infolist())
    if size > UNPACKED_BYTES:
        raise FileRefused(
            text(
                f"{name} 解压后有 {size / 1e6:.0f} MB，超过 {UNPACKED_BYTES / 1e6:.0f} MB。请拆分，或改用 CSV。",
                f"{name} unpacks to {size / 1e6:.0f} MB; at most {UNPACKED_BYTES / 1e6:.0f} MB. Split it, or use CSV.",
            )
        )
    return archive


def _damaged(name: str, fault: Exception) -> FileRefused:
    return FileRefused(
        text(f"{name} 已损坏，无法解压：{fault}。请重新导出。", f"{name} is damaged: {fault}. Export it again.")
    )


def marks(archive: zipfile.ZipFile, sheet: str, name: str) -> SheetMarks:
    """The marks of one sheet. Raises FileRefused where the sheet spans more cells than fit into memory."""
    try:
        part = _part(archive, sheet)
        if part is None:
            return SheetMarks()
        content, styles = archive.read(part), _styles(archive)
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError) as fault:  # the last: encrypted, or packed oddly
        raise _damaged(name, fault) from fault
    rows = [_attributes(match[1]) for match in _ROW.finditer(content)]
    letters = set(_CELL.findall(content))
    height = max((int(row["r"]) for row in rows if row.get("r", "").isdecimal()), default=len(rows))
    width = max((column_number(each.decode()) + 1 for each in letters), default=1)
    if height * width > CELLS:
        raise FileRefused(
            text(
                f"{name} 的工作表“{sheet}”占用 {height} 行 × {width} 列，太大。"
                "请删去数据之外的空白行列（多为误设的格式），或改用 CSV。",
                f"Sheet {sheet!r} of {name} spans {height} rows × {width} columns, too much. "
                "Delete what lies outside the data (often formats set by mistake), or use CSV.",
            )
        )
    hidden = frozenset(int(row["r"]) - 1 for row in rows if row.get("hidden") in ("1", "true") and "r" in row)
    failed = {
        (int(match[2]) - 1, column_number(match[1].decode())): match[3].decode("utf-8", "replace")
        for match in _FAILED.finditer(content)
    }
    return SheetMarks(hidden, _per_cent(styles, content), failed)


def _attributes(raw: bytes) -> dict[str, str]:
    return {
        match[1].decode(): unescape((match[2] or match[3] or b"").decode("utf-8", "replace"), {"&quot;": '"'})
        for match in _ATTRIBUTE.finditer(raw)
    }


def _part(archive: zipfile.ZipFile, sheet: str) -> str | None:
    """The path of a sheet's XML inside the archive."""
    try:
        sheets = [_attributes(match[1]) for match in _SHEET.finditer(archive.read("xl/workbook.xml"))]
        relations = [_attributes(m[1]) for m in _RELATION.finditer(archive.read("xl/_rels/workbook.xml.rels"))]
    except KeyError:
        return None
    wanted = next((one for one in sheets if one.get("name") == sheet), {})
    number = next((value for key, value in wanted.items() if key.endswith(":id")), None)
    target = next((one.get("Target", "") for one in relations if one.get("Id") == number), "")
    path = target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"xl/{target}")
    return path if target and path in archive.namelist() else None


def _styles(archive: zipfile.ZipFile) -> bytes:
    return archive.read("xl/styles.xml") if "xl/styles.xml" in archive.namelist() else b""


def _per_cent(styles: bytes, content: bytes) -> frozenset[tuple[int, int]]:
    """The cells that are shown in per cent: what they hold is the hundredth part of what is seen."""
    formats = [_attributes(match[1]) for match in _FORMAT.finditer(styles)]
    numbers = {str(number) for number in _PER_CENT}
    numbers |= {one.get("numFmtId", "") for one in formats if "%" in one.get("formatCode", "")}
    block = _STYLES.search(styles)
    used = [_attributes(match[1]) for match in _STYLE.finditer(block[0] if block else b"")]
    chosen = [str(at) for at, one in enumerate(used) if one.get("numFmtId") in numbers]
    if not chosen:
        return frozenset()
    style = "|".join(chosen)
    cells = re.compile(rf'{_TAG}c\b(?=[^>]*\ss="(?:{style})")[^>]*?\sr="([A-Z]{{1,3}})([0-9]+)"'.encode())
    return frozenset((int(match[2]) - 1, column_number(match[1].decode())) for match in cells.finditer(content))
