"""A file that somebody sends, whatever its format: told by its first bytes, read some rows at a time.

    {"…            JSON lines           PK…  XLSX      D0CF11E0…  XLS      PAR1…  Parquet      anything else  CSV

All formats give the same: portions of rows as the sender wrote them, with the records that they are and the faults of
those that are none. ``rows`` = records + rows with faults; blank rows are counted apart.
"""

from __future__ import annotations

import shutil
import tempfile
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Final, NamedTuple

from gateways.files import delimited, headings, json_lines, parquet, workbook
from gateways.files.errors import FileRefused
from gateways.files.grid import Grid
from gateways.files.json_lines import Encoded, Line, Reader
from gateways.files.rows import records
from gateways.files.table import Table, table
from huiliu.clock import now_ms
from huiliu.language import text
from schemas import event_json
from schemas.value import Fault

_SAMPLE: Final = 65_536
_ZIP, _OLE, _PARQUET = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"PAR1"
_DELIMITED: Final = (".csv", ".tsv", ".txt")


class SentRow(NamedTuple):
    """A row as it was sent: its number in the file, its cells as texts."""

    number: int
    cells: Sequence[str]


class Portion(NamedTuple):
    """Some rows, none of them blank, and what they are."""

    rows: list[SentRow]
    records: Encoded


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """How a file is to be read. ``division``: of the publisher, filled in where a table has no such column."""

    kind: str
    division: str | None = None
    mapping: Sequence[str] = ()
    sheet: str | None = None
    record_bytes: int | None = None


class Source(ABC):
    """A file being read. ``rows`` and ``blank`` count what has been read so far; ``done`` of ``total`` is progress."""

    headings: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    filled: Mapping[str, Any] = {}
    own: tuple[str, ...] = ()  #: columns that are no field
    rows = 0
    blank = 0
    done = 0
    total = 0

    @abstractmethod
    def __iter__(self) -> Iterator[Portion]:
        """The file's rows in their order. Raises FileRefused."""

    @abstractmethod
    def reference(self, row: SentRow) -> str | None:
        """The sender's own reference of a row, also of one that cannot be read."""

    def meant(self, row: SentRow) -> str | None:
        """The kind that a row seems to be of, if another one than was said."""
        return None


class JsonLines(Source):
    """A file of JSON lines, of any size."""

    headings = ("JSON",)

    def __init__(self, source: BinaryIO, name: str, reading: Reading, total: int) -> None:
        """Nothing is read yet."""
        self._reader, self._reading, self.total = Reader(source, name), reading, total

    def __iter__(self) -> Iterator[Portion]:
        """See Source."""
        for lines in self._reader:
            encoded = json_lines.encoded(self._reading.kind, lines, self._reading.record_bytes)
            self.rows, self.blank = self._reader.lines - self._reader.blank, self._reader.blank
            self.done = self._reader.bytes_read
            yield Portion([SentRow(line.number, (_shown(line),)) for line in lines], encoded)
        self.rows, self.blank = self._reader.lines - self._reader.blank, self._reader.blank

    def reference(self, row: SentRow) -> str | None:
        """See Source."""
        given = event_json.parse(row.cells[0])
        found = given.get("source_ref") if isinstance(given, Mapping) and not isinstance(given, Fault) else None
        return found if isinstance(found, str) else None

    def meant(self, row: SentRow) -> str | None:
        """See Source."""
        return json_lines.likelier_kind(self._reading.kind, row.cells[0].encode("utf-8", "surrogateescape"))


class Rows(Source):
    """A table."""

    def __init__(self, table: Table, reading: Reading) -> None:
        """Raises FileRefused where a field has no column and nothing to fill it with."""
        self._table, self._reading = table, reading
        self.headings, self.own, self.total = table.titles, table.columns.own, table.total
        self.notes = tuple(table.notes)
        self.filled = _filled(table.columns.filled, reading)

    def __iter__(self) -> Iterator[Portion]:
        """See Source."""
        for rows in self._table.portions():
            encoded = records(self._table, rows, self.filled, self._reading.record_bytes)
            self.rows += len(rows)
            self.blank, self.done = self._table.blank, self._table.last
            yield Portion([SentRow(row.number, row.cells) for row in rows], encoded)
        self.blank = self._table.blank
        if not self.rows:
            raise FileRefused(
                text(
                    "标题行之下没有数据行。确无事项时请报 nil（零报告）。",
                    "There are no rows below the headings. Nothing to report? Publish an event of kind nil.",
                )
            )

    def reference(self, row: SentRow) -> str | None:
        """See Source."""
        at = next((one.at for one in self._table.columns.fields if one.field.name == "source_ref"), None)
        return None if at is None else row.cells[at].strip() or None


def _shown(line: Line) -> str:
    return line.content.decode("utf-8", "surrogateescape")


def _filled(names: Sequence[str], reading: Reading) -> dict[str, Any]:
    values = {"division": reading.division, "revision": 1, "reported_at": now_ms()}
    found = {name: values[name] for name in names}
    if "division" in found and found["division"] is None:
        raise FileRefused(
            text(
                "文件没有“行政区划代码”列，也没有说明报送单位。请加上该列，或用 --as 340100 说明。",
                "The file has no column for the division and nobody said whose it is. Add it, or say --as 340100.",
            )
        )
    return found


@contextmanager
def opened(source: BinaryIO, name: str, reading: Reading, size: int = 0) -> Iterator[Source]:
    """The file behind a stream, which may be a pipe. ``size``: its bytes, 0 if unknown. Raises FileRefused."""
    sample = _peeked(source)
    if _is_json(sample, name):
        yield JsonLines(source, name, reading, size)
        return
    with seekable(source) as whole:
        mapping = headings.mapping(reading.kind, reading.mapping)

        def score(cells: Sequence[str]) -> int:
            return headings.score(reading.kind, cells, mapping)

        yield Rows(table(reading.kind, _grid(whole, sample, name, reading, score), name, mapping), reading)


def _grid(whole: BinaryIO, sample: bytes, name: str, reading: Reading, score: Callable[[Sequence[str]], int]) -> Grid:
    if sample.startswith(_PARQUET):
        return parquet.grid(whole, name)
    if sample.startswith((_ZIP, _OLE)):
        return workbook.grid(whole, name, score, reading.sheet, zipped=sample.startswith(_ZIP))
    if not sample.startswith((b"\xff\xfe", b"\xfe\xff")):
        json_lines.refuse_binary(sample, name)
    return delimited.grid(whole, score)


def _is_json(sample: bytes, name: str) -> bool:
    if sample.startswith((_ZIP, _OLE, _PARQUET)):
        return False
    start = sample.removeprefix(b"\xef\xbb\xbf").lstrip()
    return start[:1] in (b"{", b"[", b"") or Path(name).suffix.lower() in (".jsonl", ".ndjson", ".json")


def _peeked(source: BinaryIO) -> bytes:
    """The first bytes, which will be read again."""
    if source.seekable():
        at = source.tell()
        sample = source.read(_SAMPLE)
        source.seek(at)
        return sample
    peek = getattr(source, "peek", None)
    return bytes(peek(_SAMPLE)) if peek is not None else b"{"


@contextmanager
def seekable(source: BinaryIO) -> Iterator[BinaryIO]:
    """The same bytes where one can go back: a pipe is kept in a temporary file."""
    if source.seekable():
        yield source
        return
    with tempfile.TemporaryFile() as kept:
        shutil.copyfileobj(source, kept)
        kept.seek(0)
        yield kept
