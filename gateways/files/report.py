"""The report that goes back with a file: the sender's own columns unchanged, and what became of each row.

One line for each finding, one for each row without any, in the order of the file. XLSX has a second sheet with the
control totals; CSV is UTF-8 with BOM and CRLF, as spreadsheets expect. Nothing in it can run: XLSX cells are written as
texts, never as formulas; a CSV cell that a spreadsheet would take for a formula gets an apostrophe before it. JSON, for
programs, has one object for each row with all its findings, and the totals at its end.
"""

from __future__ import annotations

import csv
import os
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final, NamedTuple, Protocol

from gateways.files.errors import FileRefused
from gateways.files.json_text import dumped
from gateways.files.source import SentRow
from huiliu.clock import now_ms
from huiliu.language import text
from huiliu.period import SHANGHAI
from validators import catalogue, wording

#: Verdicts by their word for programs. The first are the hub's (huiliu.outcome), then those before it was asked.
VERDICTS: Final = {
    "accepted": "入库", "corrected": "更正", "duplicate": "重复", "stale": "过时", "quarantined": "隔离",
    "refused": "未发送", "flagged": "入库并标记", "unknown": "未知",
}  # fmt: skip

HEADINGS: Final = (
    "行号 row", "结论 verdict", "规则 code", "级别 severity", "字段 field", "单元格 cell", "值 value", "应为 expected",
    "差值 difference", "建议 suggestion", "问题", "message", "如何改正", "how to mend", "分区 partition",
    "偏移量 offset", "回执 receipt",
)  # fmt: skip
FORMATS: Final = (".xlsx", ".csv", ".json")

#: What a report says of a finding, beside its words.
FINDING_NAMES: Final = ("code", "severity", "field", "place", "value", "expected", "difference", "suggestion")

_SHEET_ROWS: Final = 1_048_575
_CELL_CHARACTERS: Final = 32_767
_FORMULA: Final = re.compile(r"^[\s\x00]*[=+\-@\t\r]")
_PLAIN_NUMBER: Final = re.compile(r"^[+-]?[0-9][0-9,]*(?:\.[0-9]+)?%?$")


class Judged(NamedTuple):
    """A row and what became of it. ``findings``: mappings as the rules give them, perhaps with ``place``, the cell."""

    row: SentRow
    verdict: str
    findings: Sequence[Mapping[str, Any]] = ()
    partition: int | None = None
    offset: int | None = None
    receipt: str | None = None


@dataclass
class Totals:
    """The control totals: rows of the file = the sum of all verdicts."""

    verdicts: Counter[str] = field(default_factory=Counter)
    codes: Counter[str] = field(default_factory=Counter)

    @property
    def rows(self) -> int:
        """Rows that have a verdict."""
        return sum(self.verdicts.values())

    def note(self, judged: Judged) -> None:
        """Count one row."""
        self.verdicts[judged.verdict] += 1
        self.codes.update({finding["code"] for finding in judged.findings})


class Report(Protocol):
    """Something to write rows into."""

    def write(self, judged: Judged) -> None:
        """One row of the file, in their order."""

    def close(self, about: Mapping[str, Any], totals: Totals) -> None:
        """Finish with the control totals. ``about``: what the report says of the file as a whole, by its label."""

    def abandon(self) -> None:
        """Let go of what is open; after close there is nothing."""


def require_format(path: Path) -> None:
    """Raise FileRefused for a report that is neither XLSX nor CSV nor JSON, or whose folder is not there."""
    if path.suffix.lower() not in FORMATS:
        raise FileRefused(
            text(f"报告 {path} 应为 .xlsx、.csv 或 .json", f"The report {path} must end in .xlsx, .csv or .json")
        )
    if not path.absolute().parent.is_dir():
        raise FileRefused(
            text(f"报告所在目录不存在：{path.absolute().parent}", f"There is no folder {path.absolute().parent}")
        )


@contextmanager
def writing(path: Path, headings: Sequence[str], about: Mapping[str, Any], totals: Totals) -> Iterator[Report]:
    """A report under its name only once it is whole: a reader never sees half of one. Raises FileRefused."""
    require_format(path)
    unfinished = path.with_name(f".{path.stem}.{os.getpid()}{path.suffix}")
    try:
        report = _KINDS[path.suffix.lower()](unfinished, headings)
        try:
            yield report
            report.close(about, totals)
            unfinished.replace(path)
        finally:
            report.abandon()
    except OSError as fault:
        raise FileRefused(
            text(f"报告 {path} 写不下去：{fault.strerror}", f"The report {path} cannot be written: {fault.strerror}")
        ) from fault
    finally:
        unfinished.unlink(missing_ok=True)


def lines(judged: Judged) -> Iterator[list[str | int | None]]:
    """The report's own cells for one row of the file, one list for each finding."""
    word = f"{VERDICTS.get(judged.verdict, judged.verdict)} {judged.verdict}"
    where = [judged.partition, judged.offset, judged.receipt]
    for finding in judged.findings or ({},):
        yield [judged.row.number, word, *_told(finding), *where]


def _told(finding: Mapping[str, Any]) -> list[str | None]:
    told = [finding.get(name) for name in FINDING_NAMES]
    if finding.get("code") not in catalogue.RULES:
        return [*told, None, None, None, None]
    worded = [wording.render(finding, "zh"), wording.render(finding, "en")]
    return [*told, *worded, wording.mend(finding, "zh"), wording.mend(finding, "en")]


def inert(cell: str) -> str:
    """A text that no spreadsheet takes for a formula when it opens a CSV; plain numbers stay as they are.

    >>> inert("=1+1"), inert("-12.5"), inert("合肥")
    ("'=1+1", '-12.5', '合肥')
    """
    return f"'{cell}" if _FORMULA.match(cell) and not _PLAIN_NUMBER.match(cell) else cell


class _Delimited:
    def __init__(self, path: Path, headings: Sequence[str]) -> None:
        self._file = path.open("w", encoding="utf-8-sig", errors="backslashreplace", newline="")
        self._writer = csv.writer(self._file, lineterminator="\r\n")
        self._put([*headings, *HEADINGS])

    def _put(self, cells: Iterable[str | int | None]) -> None:
        self._writer.writerow(
            ["" if cell is None else inert(cell) if isinstance(cell, str) else cell for cell in cells]
        )

    def write(self, judged: Judged) -> None:
        for told in lines(judged):
            self._put([*judged.row.cells, *told])

    def close(self, about: Mapping[str, Any], totals: Totals) -> None:
        self._file.close()

    def abandon(self) -> None:
        self._file.close()


class _Json:
    def __init__(self, path: Path, headings: Sequence[str]) -> None:
        self._file = path.open("w", encoding="utf-8")
        self._file.write(f'{{"headings":{dumped(headings)},"rows":[')
        self._between = "\n"

    def write(self, judged: Judged) -> None:
        row = {
            "row": judged.row.number,
            "verdict": judged.verdict,
            "cells": list(judged.row.cells),
            "findings": [_as_json(finding) for finding in judged.findings],
            "partition": judged.partition,
            "offset": judged.offset,
            "receipt": judged.receipt,
        }
        self._file.write(self._between + dumped(row))
        self._between = ",\n"

    def close(self, about: Mapping[str, Any], totals: Totals) -> None:
        told = {
            "totals": {"rows": totals.rows, **totals.verdicts},
            "codes": dict(totals.codes.most_common()),
            "about": dict(about),
            "rule_set": catalogue.RULE_SET,
        }
        self._file.write(f"\n],{dumped(told)[1:]}\n")
        self._file.close()

    def abandon(self) -> None:
        self._file.close()


def _as_json(finding: Mapping[str, Any]) -> dict[str, Any]:
    told = {name: finding.get(name) for name in FINDING_NAMES}
    if finding.get("code") not in catalogue.RULES:
        return told
    words = {
        "message": {"zh": wording.render(finding, "zh"), "en": wording.render(finding, "en")},
        "mend": {"zh": wording.mend(finding, "zh"), "en": wording.mend(finding, "en")},
    }
    return {**told, **words}


class _Workbook:
    def __init__(self, path: Path, headings: Sequence[str]) -> None:
        import xlsxwriter

        safe = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
                "strings_to_numbers": False}  # fmt: skip
        self._book = xlsxwriter.Workbook(str(path), safe)
        self._headings = [*headings, *HEADINGS]
        self._bold = self._book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        self._sheets, self._at = 0, _SHEET_ROWS + 1
        self._sheet: Any = None
        self._closed = False
        self._new_sheet()

    def _new_sheet(self) -> None:
        self._sheets += 1
        self._sheet = self._book.add_worksheet("逐行结果" if self._sheets == 1 else f"逐行结果{self._sheets}")
        self._sheet.freeze_panes(1, 0)
        own = len(self._headings) - len(HEADINGS)
        self._sheet.set_column(own + 10, own + 13, 40)
        for at, heading in enumerate(self._headings):
            self._sheet.write_string(0, at, _short(heading), self._bold)
        self._at = 1

    def write(self, judged: Judged) -> None:
        for told in lines(judged):
            if self._at > _SHEET_ROWS:
                self._new_sheet()
            for at, cell in enumerate([*judged.row.cells, *told]):
                if isinstance(cell, int):
                    self._sheet.write_number(self._at, at, cell)
                elif cell:
                    self._sheet.write_string(self._at, at, _short(cell))
            self._at += 1

    def close(self, about: Mapping[str, Any], totals: Totals) -> None:
        self._sheet = self._book.add_worksheet("汇总")
        self._sheet.set_column(0, 1, 36)
        for row, (label, value) in enumerate([*about.items(), *summary(totals)]):
            self._sheet.write_string(row, 0, label, self._bold)
            if isinstance(value, int):
                self._sheet.write_number(row, 1, value)
            else:
                self._sheet.write_string(row, 1, _short(str(value)))
        self._book.close()
        self._closed = True

    def abandon(self) -> None:
        if not self._closed:
            self._book.close()  # or its temporary files would stay


_KINDS: Final[Mapping[str, Callable[[Path, Sequence[str]], Report]]] = {
    ".xlsx": _Workbook, ".csv": _Delimited, ".json": _Json,
}  # fmt: skip


def summary(totals: Totals) -> Iterator[tuple[str, int | str]]:
    """The control totals as labels and numbers."""
    yield "数据行 rows", totals.rows
    for verdict, count in totals.verdicts.items():
        yield f"其中{VERDICTS.get(verdict, verdict)} {verdict}", count
    for code, count in totals.codes.most_common():
        yield f"规则 {code} 行数 rows", count
    made = datetime.fromtimestamp(now_ms() / 1000, SHANGHAI).isoformat(timespec="seconds")
    yield "规则集 rule set", catalogue.RULE_SET
    yield "生成时间 made at", made


def _short(cell: str) -> str:
    clean = cell.encode("utf-8", "backslashreplace").decode()
    more = f"…（{len(clean)} 字 characters）"
    return clean if len(clean) <= _CELL_CHARACTERS else clean[: _CELL_CHARACTERS - len(more)] + more
