"""Reading files of JSON lines as publishers have them: any size, any line, in bounded memory.

A file that is not JSON lines at all (another encoding, a spreadsheet, an archive, one JSON array) is refused before
anything is done, with the way to mend it; a single bad line is told with its number and holds nothing up.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO, Final, NamedTuple

import polars as pl

from gateways.files.errors import FileRefused
from huiliu.language import text
from schemas import event_json
from schemas.contract import KINDS, ROW, contract
from schemas.encode import encode_frame
from schemas.field import REQUIRED
from schemas.topics import INTAKE_MESSAGE_BYTES
from schemas.value import Fault

#: A longer line cannot become a record that a broker takes.
LINE_BYTES: Final = INTAKE_MESSAGE_BYTES

#: Read at once; the complete lines of one read are handled together.
READ_BYTES: Final = 4 << 20

_SAMPLE_BYTES: Final = 65_536
_BOM: Final = b"\xef\xbb\xbf"

_SIGNATURES: Final = (
    (b"\x1f\x8b", "gzip", "gunzip -c FILE | huiliu … -"),
    (b"PK\x03\x04", "zip", "unzip FILE"),
    (b"Obj\x01", "Avro container", "fastavro FILE > FILE.jsonl"),
    (b"\xff\xfe", "UTF-16", "iconv -f UTF-16 -t UTF-8 FILE > NEW"),
    (b"\xfe\xff", "UTF-16", "iconv -f UTF-16 -t UTF-8 FILE > NEW"),
)


class Line(NamedTuple):
    """A line that is not blank: its number from 1, its bytes without the line end, its length in the file."""

    number: int
    content: bytes
    length: int


class LineFault(NamedTuple):
    """Why a line or row cannot become a record. ``place``: the cell as the sender sees it, such as ``数据!F12``."""

    line: int
    field: str | None
    value: str | None
    allowed: str
    code: str = event_json.JSON
    suggestion: str | None = None
    place: str | None = None


@dataclass(frozen=True, slots=True)
class Encoded:
    """Lines as records. ``numbers``, ``keys`` and ``values`` belong together; ``faults`` tell of the other lines."""

    numbers: list[int]
    keys: list[bytes]
    values: list[bytes]
    faults: list[LineFault]


class Reader:
    """Hands out a file's lines, some at a time, and knows how far it is."""

    def __init__(self, source: BinaryIO, name: str) -> None:
        """``name`` is what messages call the source."""
        self._source, self._name = source, name
        self.bytes_read = 0
        self.lines = 0
        self.blank = 0

    def __iter__(self) -> Iterator[list[Line]]:
        """Lines in their order; each list holds those that one read completed. Raises FileRefused."""
        rest, dropped, first = b"", 0, True
        while chunk := self._read():
            if first:
                refuse_foreign(chunk[:_SAMPLE_BYTES], self._name)
                chunk, first = chunk.removeprefix(_BOM), False
            *complete, rest = (rest + chunk).split(b"\n")
            lines = [self._line(content, dropped if at == 0 else 0) for at, content in enumerate(complete)]
            if complete:
                dropped = 0
            if len(rest) > LINE_BYTES:
                dropped, rest = dropped + len(rest) - _SAMPLE_BYTES, rest[:_SAMPLE_BYTES]
            yield [line for line in lines if line is not None]
        if first:
            raise FileRefused(
                text(
                    f"{self._name} 是空的，没有可报送的内容。确无事项时请报 nil（零报告）。",
                    f"{self._name} is empty. If there is nothing to report, publish an event of kind nil.",
                )
            )
        last = self._line(rest, dropped) if rest else None
        if last is not None:
            yield [last]

    def _read(self) -> bytes:
        read = getattr(self._source, "read1", self._source.read)  # what a pipe has now, rather than waiting for more
        chunk: bytes = read(READ_BYTES)
        self.bytes_read += len(chunk)
        return chunk

    def _line(self, content: bytes, dropped: int) -> Line | None:
        self.lines += 1
        content = content.removesuffix(b"\r")
        if not dropped and (not content or content.isspace()):
            self.blank += 1
            return None
        return Line(self.lines, content, len(content) + dropped)


def refuse_foreign(sample: bytes, name: str) -> None:
    """Raise FileRefused where the first bytes of a file show that it is no file of JSON lines."""
    refuse_binary(sample, name)
    _refuse_encoding(sample, name)
    _refuse_layout(sample.removeprefix(_BOM).lstrip(), name)


def refuse_binary(sample: bytes, name: str) -> None:
    """Raise FileRefused where the first bytes of a file show that it is no text."""
    for signature, format_name, mend in _SIGNATURES:
        if sample.startswith(signature):
            told = mend.replace("FILE", name)
            raise FileRefused(
                text(f"{name} 是 {format_name}，不是 JSON 行（每行一个 JSON 对象，UTF-8）。请转换：{told}",
                     f"{name} is {format_name}, not JSON lines (one JSON object per line, UTF-8). Convert it: {told}")
            )  # fmt: skip
    if b"\x00" in sample:
        raise FileRefused(
            text(
                f"{name} 是二进制文件，不是 JSON 行（每行一个 JSON 对象，UTF-8）",
                f"{name} is a binary file, not JSON lines (one JSON object per line, UTF-8)",
            )
        )


def _refuse_encoding(sample: bytes, name: str) -> None:
    """A file whose Chinese is not UTF-8 is refused whole; a single bad line in a good file is not."""
    lines = sample.splitlines()[: -1 if len(sample) == _SAMPLE_BYTES else None]
    marked = [line for line in lines if not line.isascii()]
    wrong = [line for line in marked if not _decodes(line, "utf-8")]
    guess = "GB18030" if all(_decodes(line, "gb18030") for line in wrong) else ""
    if 2 * len(wrong) <= len(marked if guess else lines):
        return
    at = next(at for at, byte in enumerate(wrong[0]) if byte >= 0x80)
    seen = wrong[0][at : at + 40].decode("gb18030", "ignore")[:16] if guess else wrong[0][at : at + 8].hex()
    mend = f"iconv -f {guess or '…'} -t UTF-8 {name} > utf8.jsonl"
    raise FileRefused(
        text(f"{name} 不是 UTF-8" + (f"，像是 {guess}（“{seen}”）" if guess else f"（{seen}）") + f"。请转换：{mend}",
             f"{name} is not UTF-8" + (f", it looks like {guess}" if guess else "") + f" ({seen}). Convert it: {mend}")
    )  # fmt: skip


def _decodes(line: bytes, encoding: str) -> bool:
    try:
        line.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _refuse_layout(sample: bytes, name: str) -> None:
    first = sample.split(b"\n", 1)[0].strip()
    if sample.startswith(b"[") or first == b"{":
        mend = f"jq -c '.[]' {name} > lines.jsonl" if sample.startswith(b"[") else f"jq -c . {name} > lines.jsonl"
        raise FileRefused(
            text(f"{name} 是跨行的 JSON，应为每行一个对象。请转换：{mend}",
                 f"{name} is JSON over several lines; one object per line is expected. Convert it: {mend}")
        )  # fmt: skip


def encoded(kind: str, lines: Sequence[Line], record_bytes: int | None = None) -> Encoded:
    """Lines as records of the kind's newest contract, exactly as a publisher's own client would frame them.

    ``record_bytes``: larger records are faults too; without it they are left to whoever reads them.
    """
    fit = [line for line in lines if line.length <= LINE_BYTES]
    decoded = event_json.read(kind, [bare(line.content) for line in fit])
    faults = [
        LineFault(fit[row].number, field, value, expected)
        for row, field, value, expected in decoded.refused.select(ROW, "field", "value", "expected").iter_rows()
    ]
    long = (line for line in lines if line.length > LINE_BYTES)
    faults += [LineFault(line.number, None, f"{line.length} B", f"<= {LINE_BYTES} B") for line in long]
    values = encode_frame(kind, decoded.frame)
    numbers = [fit[row].number for row in decoded.frame[ROW].to_list()]
    keys = [key.encode() for key in decoded.frame[contract(kind).key[0]].cast(pl.String).to_list()]
    return fitting(Encoded(numbers, keys, values, faults), record_bytes)


def bare(content: bytes) -> bytes:
    """A line without the names that ``huiliu quarantine export`` adds (``huiliu.corrects`` …): no part of the event."""
    if b'"huiliu.' not in content:
        return content
    try:
        told = json.loads(content)
    except (ValueError, RecursionError):
        return content  # told of as it is
    if not isinstance(told, dict):
        return content
    event = {name: value for name, value in told.items() if not name.startswith("huiliu.")}
    return json.dumps(event, ensure_ascii=False).encode("utf-8", "surrogatepass")


def fitting(records: Encoded, record_bytes: int | None) -> Encoded:
    """The same without records larger than that, which become faults; faults in the order of their lines."""
    numbers, keys, values, faults = records.numbers, records.keys, records.values, list(records.faults)
    if record_bytes is not None and any(len(value) > record_bytes for value in values):
        faults += [
            LineFault(number, None, f"{len(value)} B", f"<= {record_bytes} B (HUILIU_RECORD_BYTES)")
            for number, value in zip(numbers, values, strict=True)
            if len(value) > record_bytes
        ]
        kept = [at for at, value in enumerate(values) if len(value) <= record_bytes]
        numbers, keys = [numbers[at] for at in kept], [keys[at] for at in kept]
        values = [values[at] for at in kept]
    return Encoded(numbers, keys, values, sorted(faults, key=lambda fault: fault.line))


def likelier_kind(kind: str, line: bytes) -> str | None:
    """Another kind, if the line has all that kind needs and lacks something of this one."""
    given = event_json.parse(line)
    if isinstance(given, Fault) or not isinstance(given, Mapping) or _fits(kind, given):
        return None
    return next((other for other in KINDS if other != kind and _fits(other, given)), None)


def _fits(kind: str, given: Mapping[str, Any]) -> bool:
    fields = contract(kind).fields
    return {f.name for f in fields if f.default is REQUIRED} <= given.keys() <= {f.name for f in fields}
