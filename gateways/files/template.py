"""Template workbooks: a sheet to fill in, with lists and checks from the contract, and a sheet that explains it.

数据 has two rows of headings (Chinese label, field name); what is filled in below goes straight through publish. 说明
has each field's meaning and a good example; 代码 holds the lists. Identifiers are formatted as text, so that no
spreadsheet rounds an 18-digit code.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from gateways.files.errors import FileRefused
from gateways.files.fields import MONTHS, PERIODS
from gateways.files.marks import column_letters
from huiliu import division
from huiliu.language import text
from huiliu.money import FEN_PER_WAN
from huiliu.period import SHANGHAI
from schemas.contract import Contract, codes, contract
from schemas.event_json import array_to_json
from schemas.field import REQUIRED, Field
from validators.sample import SAMPLES

#: What the program fills in by itself; a clerk has no use for the column.
LEFT_OUT: Final = ("reported_at",)

_ROWS: Final = 5_000  #: rows below the headings that have formats and checks
_HEADING_ROWS: Final = 2
_EPOCH: Final = date(1970, 1, 1)


def heading(field: Field) -> str:
    """A field's heading in a template; money is in 万元, as people report it; a star marks what must be filled in."""
    unit = "（万元）" if field.unit == "fen" else "（%）" if field.unit == "%" else ""
    return f"{field.label_zh}{unit}{'*' if field.default is REQUIRED else ''}"


def chosen(of: Contract) -> tuple[Field, ...]:
    """The fields that a template of this contract has."""
    return tuple(field for field in of.fields if field.name not in LEFT_OUT)


def listed(field: Field) -> list[str]:
    """The list that a field's cells are chosen from, as code and name or, for symbols, as the name."""
    if field.type == "boolean":
        return ["是", "否"]
    if field.codes is None or field.codes == "division":
        return []
    entries = codes(field.codes)
    return [one.zh for one in entries] if field.type == "enum" else [f"{one.code} {one.zh}" for one in entries]


def write(kind: str, path: Path, *, province: str, example: bool = False) -> None:
    """Write the template of a kind's newest contract. ``example``: with the good example filled in below the headings.

    ``province``: whose divisions the list offers. Raises FileRefused where the file cannot be written.
    """
    import xlsxwriter

    if path.suffix.lower() != ".xlsx":
        raise FileRefused(text(f"模板 {path} 应为 .xlsx", f"The template {path} must end in .xlsx"))
    of = contract(kind)
    try:
        with xlsxwriter.Workbook(str(path), {"strings_to_formulas": False, "strings_to_urls": False}) as book:
            _Template(book, of, province).write(example)
    except (OSError, xlsxwriter.exceptions.FileCreateError) as fault:
        raise FileRefused(text(f"模板 {path} 写不了：{fault}", f"{path} cannot be written: {fault}")) from fault


class _Template:
    def __init__(self, book: Any, of: Contract, province: str) -> None:
        self._book, self._of, self._fields = book, of, chosen(of)
        self._province = province
        self._data = book.add_worksheet("数据")
        self._guide = book.add_worksheet("说明")
        self._codes = book.add_worksheet("代码")
        self._bold = book.add_format({"bold": True, "bg_color": "#DDEBF7", "text_wrap": True, "valign": "top"})
        self._need = book.add_format({"bold": True, "bg_color": "#FCE4D6", "text_wrap": True, "valign": "top"})
        self._small = book.add_format({"font_size": 8, "font_color": "#666666", "num_format": "@"})
        self._wrap = book.add_format({"text_wrap": True, "valign": "top"})
        self._formats = {
            name: book.add_format({"num_format": name})
            for name in ("@", "yyyy-mm-dd", "yyyy-mm-dd hh:mm:ss", "#,##0.######", "0", "General")
        }

    def write(self, example: bool) -> None:
        for at, field in enumerate(self._fields):
            must = field.default is REQUIRED
            self._data.write_string(0, at, heading(field), self._need if must else self._bold)
            self._data.write_string(1, at, field.name, self._small)
            self._data.write_comment(0, at, f"{field.zh}\n{field.en}")
            self._data.set_column(at, at, max(12, 2 * len(heading(field)) + 2), self._formats[_format(self._of, field)])
            self._check(at, field)
        self._data.freeze_panes(_HEADING_ROWS, 0)
        if example:
            for at, field in enumerate(self._fields):
                self._put(self._data, _HEADING_ROWS, at, field, SAMPLES[self._of.kind].get(field.name))
        self._write_guide()

    def _check(self, at: int, field: Field) -> None:
        """The validation of a column's cells."""
        first, last = _HEADING_ROWS, _HEADING_ROWS + _ROWS
        rule = self._list(at, field) or _rule(field)
        if rule is not None:
            told = {"input_title": field.label_zh[:32], "input_message": f"{field.zh}\n{field.en}"[:255]}
            warn = {"error_title": "不符合要求 | does not fit", "error_message": field.zh[:255]}
            self._data.data_validation(first, at, last, at, {**rule, **told, **warn})

    def _list(self, at: int, field: Field) -> dict[str, Any] | None:
        """A list from the sheet 代码, where the field has one; other codes stay possible where the rules allow it."""
        entries = self._divisions() if field.codes == "division" else listed(field)
        if not entries:
            return None
        self._codes.write_string(0, at, field.label_zh, self._bold)
        self._codes.set_column(at, at, 24)
        for row, entry in enumerate(entries, 1):
            self._codes.write_string(row, at, entry)
        letters = column_letters(at)
        source = f"=代码!${letters}$2:${letters}${len(entries) + 1}"
        kind = "stop" if field.type in ("enum", "boolean") else "warning"
        return {"validate": "list", "source": source, "error_type": kind}

    def _divisions(self) -> list[str]:
        year = datetime.now(SHANGHAI).year
        known = sorted(c for c in division.intervals() if division.within(c, self._province))
        return [f"{c} {division.name(c)}" for c in known if division.valid_on(c, year) and division.level(c) != "group"]

    def _put(self, sheet: Any, row: int, at: int, field: Field, value: Any) -> None:
        """A value in frame types as a clerk would enter it."""
        if value is None:
            return
        if field.logical == "date":
            sheet.write_datetime(
                row, at, datetime.combine(_day(value), datetime.min.time()), self._formats["yyyy-mm-dd"]
            )
        elif field.logical == "timestamp-millis":
            sheet.write_datetime(row, at, _local(value), self._formats["yyyy-mm-dd hh:mm:ss"])
        elif field.unit == "fen":
            sheet.write_number(row, at, value / FEN_PER_WAN)
        elif isinstance(value, int | float) and not isinstance(value, bool):
            sheet.write_number(row, at, value)
        else:
            sheet.write_string(row, at, shown(field, value), self._formats["@"])

    def _write_guide(self) -> None:
        of, sheet = self._of, self._guide
        sheet.set_column(0, 1, 22)
        sheet.set_column(2, 3, 44)
        sheet.set_column(4, 6, 26)
        about = (
            (f"{of.schema['doc']}", ""),
            ("契约 contract", f"{of.kind} v{of.version}，模式号 schema id {of.schema_id}"),
            ("归口 owner", of.owner),
            ("频次 cadence", of.cadence),
            ("主键 natural key", ", ".join(of.key)),
            (
                "填写 how to",
                "在“数据”表第 3 行起逐行填写，带 * 的必填；更正时修订号加 1。不要合并单元格，不要加合计行。",
            ),
            ("", "Fill in 数据 from row 3; a star marks what is needed; a correction raises the revision by 1."),
            ("报送 send", f"huiliu check 文件.xlsx --kind {of.kind} --as 区划代码；huiliu publish 文件.xlsx …"),
        )
        for row, (label, told) in enumerate(about):
            sheet.write_string(row, 0, label, self._bold if row == 0 else None)
            sheet.write_string(row, 1, told)
        top = len(about) + 1
        for at, name in enumerate(
            ("标题 heading", "字段 field", "含义", "meaning", "类型 type", "必填 needed", "示例 example")
        ):
            sheet.write_string(top, at, name, self._bold)
        for row, field in enumerate(self._fields, top + 1):
            for at, told in enumerate(_told(self._of, field)):
                sheet.write_string(row, at, told, self._wrap)


def _told(of: Contract, field: Field) -> Iterator[str]:
    yield heading(field)
    yield field.name
    yield field.zh
    yield field.en
    yield _type(of, field)
    yield "是 yes" if field.default is REQUIRED else "否 no"
    value = SAMPLES[of.kind].get(field.name)
    if value is None:
        yield ""
    elif field.unit == "fen":
        yield f"{value / FEN_PER_WAN:,.6f}".rstrip("0").rstrip(".")
    elif field.logical == "date":
        yield _day(value).isoformat()
    elif field.logical == "timestamp-millis":
        yield _local(value).isoformat(sep=" ")
    else:
        yield shown(field, value)


def _type(of: Contract, field: Field) -> str:
    if (of.kind, field.name) in MONTHS:
        return "月份 month"
    if field.logical == "date":
        return "日期 date"
    if field.logical == "timestamp-millis":
        return "北京时间 time, Beijing"
    names = {"string": "文本 text", "int": "整数 whole number", "long": "整数 whole number", "double": "数 number",
             "boolean": "是／否 yes or no", "enum": "下拉列表 list", "array": "JSON"}  # fmt: skip
    return "金额，万元 money, 10 000 yuan" if field.unit == "fen" else names[field.type]


def shown(field: Field, value: Any) -> str:
    """A value as a clerk writes it: names for symbols, JSON for lists."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if field.type == "enum" and field.codes:
        return next(one.zh for one in codes(field.codes) if one.code == value)
    if field.type == "array":
        return json.dumps(array_to_json(field, value), ensure_ascii=False)
    return str(value)


def _format(of: Contract, field: Field) -> str:
    if field.logical is not None:
        return "yyyy-mm-dd" if field.logical == "date" else "yyyy-mm-dd hh:mm:ss"
    if field.type in ("string", "enum", "array", "boolean") or (of.kind, field.name) in PERIODS:
        return "@"
    return "#,##0.######" if field.unit == "fen" else "0" if field.type in ("int", "long") else "General"


def _rule(field: Field) -> dict[str, Any] | None:
    """The check of a column without a list; texts have none."""
    low, high = datetime(1950, 1, 1), datetime(2099, 12, 31)
    if field.logical is not None:
        return {"validate": "date", "criteria": "between", "minimum": low, "maximum": high}
    if field.unit == "%":
        return {"validate": "decimal", "criteria": "between", "minimum": 0, "maximum": 100}
    if field.unit == "fen" or field.type == "double":
        return {"validate": "decimal", "criteria": "between", "minimum": -1e12, "maximum": 1e12}
    if field.type in ("int", "long"):
        return {"validate": "integer", "criteria": "between", "minimum": -(2**31), "maximum": 2**31 - 1}
    return None


def _day(days: int) -> date:
    return _EPOCH + timedelta(days=days)


def _local(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC).astimezone(SHANGHAI).replace(tzinfo=None)
