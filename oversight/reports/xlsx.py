"""The workbook: data sheets, 说明, 数据字典 and 证据. The same snapshot and imprint give the same bytes.

Sheets of data have a frozen heading, a filter, no merged cells and a 合计 row; codes are text; cells that a spreadsheet
would run (``=``, ``+``, ``-``, ``@``) are written as text; money is in yuan, shares are percent by number format only.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final

from huiliu.period import SHANGHAI
from oversight.reports import document
from oversight.reports.imprint import Imprint
from oversight.reports.section import NUMBERS, Cell, Column, Section
from oversight.reports.snapshot import Snapshot
from oversight.reports.writing import LIGHTS, named

FORMATS: Final = {
    "count": "#,##0",
    "change": "+#,##0;-#,##0;0",
    "fen": "#,##0.00",
    "share": "0.00%",
    "points": "+0.00%;-0.00%;0.00%",
    "rank": "0",
    "places": "+0;-0;0",
    "value": "#,##0.######",
    "score": "0.00",
}
FEN: Final = 100
LONGEST: Final = 32_767  #: characters that a cell takes

_SAFE: Final = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "nan_inf_to_errors": False,
}


def xlsx(snapshot: Snapshot, imprint: Imprint | None) -> bytes:
    """The workbook as bytes."""
    import xlsxwriter

    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, dict(_SAFE))
    told = document.document(snapshot, imprint)
    book.set_properties(
        {
            "title": told["title"],
            "author": told["signature"],
            "subject": f"{snapshot.province} {snapshot.period.text}",
            "keywords": f"huiliu-report sha256:{snapshot.sha256}",
            "created": _fixed(told["issued_on"]),
        }
    )
    sheets = _Sheets(book)
    for section in snapshot.sections:
        if section.rows:
            sheets.data(section)
    sheets.about(snapshot, imprint, told)
    sheets.dictionary(snapshot.sections)
    sheets.evidence(snapshot)
    book.close()
    return out.getvalue()


def _fixed(day: str) -> datetime:
    return datetime.fromisoformat(day).replace(tzinfo=SHANGHAI)


class _Sheets:
    """Writes the sheets of one workbook; all formats are made once, in one order, so that the bytes are the same."""

    def __init__(self, book: Any) -> None:
        self._book = book
        face = {"font_name": "等线", "font_size": 11, "valign": "vcenter"}
        self._head = book.add_format(
            {**face, "bold": True, "text_wrap": True, "align": "center", "bg_color": "#F3EEE8", "bottom": 2,
             "bottom_color": "#C7000B"}
        )  # fmt: skip
        self._text = book.add_format(face)
        self._wrapped = book.add_format({**face, "text_wrap": True, "valign": "top"})
        self._bold = book.add_format({**face, "bold": True, "valign": "top"})
        self._title = book.add_format({**face, "bold": True, "font_size": 15, "font_color": "#C7000B"})
        self._numbers = {sort: book.add_format({**face, "num_format": shown}) for sort, shown in FORMATS.items()}
        total = {**face, "bold": True, "top": 1, "bg_color": "#FAF8F5"}
        self._total_text = book.add_format(total)
        self._totals = {sort: book.add_format({**total, "num_format": shown}) for sort, shown in FORMATS.items()}
        colours = {"RED": "#C7000B", "YELLOW": "#B07500", "GREEN": "#1E7D3C"}
        self._lights = {light: book.add_format({**face, "font_color": colour}) for light, colour in colours.items()}

    def data(self, section: Section) -> None:
        """One section: heading, rows in the order of division codes, 合计."""
        sheet = self._book.add_worksheet(section.title)
        for at, column in enumerate(section.columns):
            sheet.write_string(0, at, _heading(column), self._head)
            sheet.set_column(at, at, _width(section, at))
        sheet.set_row(0, 34)
        for place, row in enumerate(section.rows, start=1):
            for at, (column, cell) in enumerate(zip(section.columns, row, strict=True)):
                self._write(sheet, place, at, column, cell, total=False)
        last = len(section.rows)
        sheet.autofilter(0, 0, last, len(section.columns) - 1)
        sheet.freeze_panes(1, min(section.key + 1, len(section.columns)))
        if section.total is not None:
            for at, (column, cell) in enumerate(zip(section.columns, section.total, strict=True)):
                shown = "合计" if at == 0 else cell
                self._write(sheet, last + 1, at, column, shown, total=True)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)

    def _write(self, sheet: Any, row: int, at: int, column: Column, cell: Cell, *, total: bool) -> None:
        if cell is None:
            sheet.write_blank(row, at, None, self._total_text if total else self._text)
        elif column.sort in NUMBERS and not isinstance(cell, str):
            number = cell / FEN if column.sort == "fen" else cell
            sheet.write_number(row, at, number, (self._totals if total else self._numbers)[column.sort])
        elif column.sort == "light":
            sheet.write_string(row, at, LIGHTS[str(cell)], self._lights[str(cell)])
        else:
            sheet.write_string(row, at, _short(str(cell)), self._total_text if total else self._text)

    def about(self, snapshot: Snapshot, imprint: Imprint | None, told: dict[str, Any]) -> None:
        """说明: what this is, how far it reaches, by whom issued."""
        sheet = self._book.add_worksheet("说明")
        sheet.set_column(0, 0, 22)
        sheet.set_column(1, 1, 96)
        sheet.write_string(0, 0, told["title"], self._title)
        absent = [f"{section.title}：{section.absent}" for section in snapshot.sections if section.absent]
        lines = [
            ("发文字号", told["number"] or "（无）"),
            ("统计期", f"{named(snapshot.period)}（{snapshot.period.first} 至 {snapshot.period.last}）"),
            ("数据时刻", f"{snapshot.as_of}（该时刻已入库的报送）"),
            *(
                (f"{document.KINDS.get(kind, kind)}处理至", moment)
                for kind, moment in snapshot.clocks.processed_to.items()
            ),
            *(
                (f"{document.KINDS.get(kind, kind)}覆盖至", reached)
                for kind, reached in snapshot.clocks.covered_to.items()
            ),
            ("督办规则版本", "、".join(snapshot.clocks.oversight)),
            ("规则集版本", "；".join(f"{version}（{n:,} 条）" for version, n in snapshot.clocks.rules.items())),
            (
                "印发",
                "草稿，未印发" if imprint is None else f"{imprint.organ}，经办 {imprint.issuer}，{imprint.issued_at}",
            ),
            ("快照 SHA-256", snapshot.sha256),
            ("核验", "huiliu report verify 本文件"),
            *(("无数据的部分", line) for line in absent),
            *((section.title, note) for section in snapshot.sections for note in section.notes),
        ]
        for row, (label, value) in enumerate(lines, start=2):
            sheet.write_string(row, 0, label, self._bold)
            sheet.write_string(row, 1, _short(value), self._wrapped)

    def dictionary(self, sections: Iterable[Section]) -> None:
        """数据字典: every column with its unit and meaning."""
        rows = [
            (section.title, column.heading, column.name, UNITS.get(column.sort, ""), column.meaning)
            for section in sections
            if section.rows
            for column in section.columns
        ]
        self._plain("数据字典", ("工作表", "列", "字段", "单位", "含义"), rows, (22, 16, 18, 10, 60))

    def evidence(self, snapshot: Snapshot) -> None:
        """证据: how each row is opened, control totals, and how far each partition was loaded."""
        opened = [
            (section.title, key, command) for section in snapshot.sections for key, command in section.opening.items()
        ]
        self._plain("证据", ("工作表", "行", "打开的命令"), opened, (22, 40, 100))
        controls = [
            (section.title, name, figure, control, "相符" if figure == control else "不符")
            for section in snapshot.sections
            for name, figure, control in section.control
        ]
        self._plain("控制总数", ("工作表", "项目", "数字", "由明细重算", "结果"), controls, (22, 36, 20, 20, 8))
        positions = [(topic, partition, after, digest) for topic, partition, after, digest in snapshot.positions]
        self._plain("偏移量", ("主题", "分区", "下一偏移量", "台账哈希"), positions, (34, 8, 14, 70))

    def _plain(self, title: str, heads: Sequence[str], rows: Sequence[Sequence[Cell]], widths: Sequence[int]) -> None:
        sheet = self._book.add_worksheet(title)
        for at, (head, width) in enumerate(zip(heads, widths, strict=True)):
            sheet.write_string(0, at, head, self._head)
            sheet.set_column(at, at, width)
        sheet.freeze_panes(1, 0)
        if rows:
            sheet.autofilter(0, 0, len(rows), len(heads) - 1)
        for place, row in enumerate(rows, start=1):
            for at, cell in enumerate(row):
                if isinstance(cell, int | float):
                    sheet.write_number(place, at, cell, self._numbers["count"])
                else:
                    sheet.write_string(place, at, _short(str(cell or "")), self._text)


UNITS: Final = {"fen": "元", "share": "%", "points": "百分点", "rank": "名次", "places": "名次", "count": "个/条",
                "change": "个/条"}  # fmt: skip


def _heading(column: Column) -> str:
    return column.heading + {"fen": "（元）", "points": "（百分点）"}.get(column.sort, "")


def _width(section: Section, at: int) -> float:
    sort = section.columns[at].sort
    if sort == "text":
        longest = max((len(str(row[at] or "")) for row in section.rows), default=4)
        return min(max(8.0, longest * 2.0 + 2), 44.0)
    return {"division": 10.0, "fen": 20.0, "rank": 7.0, "light": 8.0, "count": 13.0, "change": 12.0}.get(sort, 12.0)


def _short(cell: str) -> str:
    return cell if len(cell) <= LONGEST else cell[: LONGEST - 1] + "…"
