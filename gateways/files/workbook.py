"""Workbooks, XLSX and XLS: one sheet of them, the others named. Typed cells become the texts that their sender sees."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from functools import partial
from typing import Any, BinaryIO, Final

from gateways.files.errors import FileRefused
from gateways.files.grid import Cells, Grid, Mark, Row, cell_text
from gateways.files.marks import SheetMarks, column_letters, guard, marks
from gateways.files.unread import HIDDEN, MERGED
from huiliu.language import text

#: Sheets that a template or a report has beside the data.
DATA_SHEETS: Final = ("数据", "data")
_BESIDE: Final = ("说明", "代码", "guide", "codes")
_SAMPLE_ROWS: Final = 20


def grid(
    source: BinaryIO, name: str, score: Callable[[Sequence[str]], int], sheet: str | None = None, *, zipped: bool = True
) -> Grid:
    """The rows of the sheet asked for, else of 数据, else of the visible one whose headings fit best.

    Raises FileRefused for a workbook that is damaged or locked, and for a sheet that it does not have.
    """
    import python_calamine

    archive = guard(source, name) if zipped else None
    source.seek(0)
    book = _opened(source, name)
    worksheet, shown = python_calamine.SheetTypeEnum.WorkSheet, python_calamine.SheetVisibleEnum.Visible
    visible = [one.name for one in book.sheets_metadata if one.visible == shown and one.typ == worksheet]
    loaded: dict[str, tuple[Any, SheetMarks]] = {}
    for each in [sheet] if sheet is not None else visible:
        if each not in book.sheet_names:
            named = "、".join(book.sheet_names)
            raise FileRefused(
                text(f"{name} 中没有工作表“{sheet}”，有：{named}", f"{name} has no sheet {sheet!r}; it has: {named}")
            )
        seen = SheetMarks() if archive is None else marks(archive, each, name)
        loaded[each] = _guarded(partial(book.get_sheet_by_name, each), name), seen
    filled = {each: told for each, told in loaded.items() if told[0].total_height}
    if not filled:
        raise FileRefused(
            text(
                f"{name} 没有内容。确无事项时请报 nil（零报告）。",
                f"{name} is empty. If there is nothing to report, publish an event of kind nil.",
            )
        )
    chosen = max(filled, key=lambda each: (each in DATA_SHEETS, _best(filled[each][0], score)))
    table, seen = filled[chosen]
    others = [one for one in book.sheet_names if one != chosen and one not in _BESIDE]
    notes = [text(f"未读取的工作表：{'、'.join(others)}", f"sheets not read: {', '.join(others)}")] if others else []
    return Grid(_rows(table, seen), chosen, notes, total=table.total_height)


def _opened(source: BinaryIO, name: str) -> Any:
    import python_calamine

    try:
        return _guarded(lambda: python_calamine.CalamineWorkbook.from_filelike(source), name)
    except python_calamine.PasswordError as fault:
        raise FileRefused(
            text(f"{name} 设有密码。请去掉密码后再报送。", f"{name} is locked by a password. Remove it and send again.")
        ) from fault


def _guarded(read: Callable[[], Any], name: str) -> Any:
    """The result of reading; what a damaged workbook does to the reader, a panic of its Rust included, is told."""
    import python_calamine

    try:
        return read()
    except python_calamine.PasswordError:
        raise
    except (KeyboardInterrupt, SystemExit, GeneratorExit):
        raise
    except BaseException as fault:
        if isinstance(fault, MemoryError) or not _of_the_reader(fault):
            raise
        reason = str(fault)[:120]
        raise FileRefused(
            text(
                f"{name} 不是完好的 Excel 工作簿：{reason}。请用 Excel 或 WPS 另存为 .xlsx。",
                f"{name} is not a sound workbook: {reason}. Save it again as .xlsx.",
            )
        ) from fault


def _of_the_reader(fault: BaseException) -> bool:
    import python_calamine

    return isinstance(fault, python_calamine.CalamineError | OSError | ValueError) or (
        type(fault).__name__ == "PanicException"
    )


def _best(sheet: Any, score: Callable[[Sequence[str]], int]) -> int:
    some = sheet.to_python(skip_empty_area=False, nrows=_SAMPLE_ROWS)
    return max((score([cell_text(value) for value in row]) for row in some), default=0)


def _rows(sheet: Any, seen: SheetMarks) -> Iterator[Row]:
    merged = _merged(sheet)
    for at, values in enumerate(sheet.iter_rows()):
        cells = [cell_text(value) for value in values]
        _show(cells, at, seen)
        yield Row(at + 1, cells, merged.get(at) or (Mark(HIDDEN, f"{at + 1}") if at in seen.hidden else None))


def _show(cells: Cells, at: int, seen: SheetMarks) -> None:
    """Cells as they are seen: per cent with its sign, the error of a failed formula."""
    for row, column in ((at, column) for column in range(len(cells))):
        if (row, column) in seen.failed:
            cells[column] = seen.failed[row, column]
        elif (row, column) in seen.per_cent and cells[column]:
            cells[column] = _per_cent(cells[column])


def _per_cent(cell: str) -> str:
    try:
        return f"{format((Decimal(cell) * 100).normalize(), 'f')}%"
    except ArithmeticError:
        return cell


def _merged(sheet: Any) -> dict[int, Mark]:
    """Rows that a merged range touches, with the range as a spreadsheet writes it."""
    found: dict[int, Mark] = {}
    for (top, left), (bottom, right) in sheet.merged_cell_ranges or ():
        written = f"{column_letters(left)}{top + 1}:{column_letters(right)}{bottom + 1}"
        for row in range(top, min(bottom, sheet.total_height) + 1):
            found.setdefault(row, Mark(MERGED, written))
    return found
