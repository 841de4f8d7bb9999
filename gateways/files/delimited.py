"""CSV and its relatives: encoding and delimiter found out, rows numbered as a spreadsheet numbers them.

UTF-8 with or without BOM, UTF-16 with BOM, GB18030. A byte that the encoding does not have stays in its cell and is
told there. Text after a quotation mark that is never closed is not read, and each of its lines is told.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Callable, Iterator, Sequence
from typing import Any, BinaryIO, Final

from gateways.files.grid import Cells, Grid, Mark, Row
from gateways.files.unread import SHAPE

DELIMITERS: Final = ",\t;"
_READ: Final = 1 << 20
_BOMS: Final = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_SAMPLE_ROWS: Final = 20


def encoding_of(source: BinaryIO) -> str:
    """The encoding of the whole file; read once to its end, then rewound.

    What is neither UTF-8 nor GB18030 throughout is taken for the one that fails later.
    """
    start = source.read(4)
    source.seek(0)
    for bom, name in _BOMS:
        if start.startswith(bom):
            return name
    reached = {name: _decodable(source, name) for name in ("utf-8", "gb18030")}
    return "utf-8" if reached["utf-8"] >= reached["gb18030"] else "gb18030"


def _decodable(source: BinaryIO, encoding: str) -> float:
    """How many bytes decode before the first that does not; infinite if all do."""
    decoder, reached = codecs.getincrementaldecoder(encoding)(), 0
    source.seek(0)
    try:
        while chunk := source.read(_READ):
            decoder.decode(chunk)
            reached += len(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError as fault:
        return reached + fault.start
    finally:
        source.seek(0)
    return float("inf")


def grid(source: BinaryIO, score: Callable[[Sequence[str]], int]) -> Grid:
    """The file's rows. ``score`` says how many headings a row holds: the delimiter with the best row is taken."""
    encoding = encoding_of(source)
    best = max(DELIMITERS, key=lambda delimiter: _best(source, encoding, delimiter, score))
    return Grid(_rows(source, encoding, best))


def _best(source: BinaryIO, encoding: str, delimiter: str, score: Callable[[Sequence[str]], int]) -> tuple[int, int]:
    some = [row.cells for row, _ in zip(_rows(source, encoding, delimiter), range(_SAMPLE_ROWS), strict=False)]
    return max(((score(cells), len(cells)) for cells in some), default=(0, 0))


def _rows(source: BinaryIO, encoding: str, delimiter: str) -> Iterator[Row]:
    source.seek(0)
    lines = io.TextIOWrapper(source, encoding, errors="surrogateescape", newline="")
    try:
        yield from _numbered(csv.reader(lines, delimiter=delimiter, strict=True))
    finally:
        lines.detach()  # the caller's file stays open


def _numbered(reader: Any) -> Iterator[Row]:
    number = 0
    while True:
        before = reader.line_num
        try:
            cells: Cells = next(reader)
        except StopIteration:
            return
        except csv.Error as fault:
            for _ in range(max(reader.line_num - before, 1)):
                number += 1
                yield Row(number, [], Mark(SHAPE, str(fault)[:80], 'RFC 4180: "text", "" for a quotation mark'))
            continue
        number += 1
        yield Row(number, cells)
