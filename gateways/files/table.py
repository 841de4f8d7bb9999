"""A table: a grid whose headings are known. Titles above the headings are passed over, blank rows are counted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import Final

from gateways.files import headings
from gateways.files.errors import FileRefused
from gateways.files.grid import Grid, Mark, Row
from gateways.files.headings import Columns, Meanings
from gateways.files.numbers import plain
from gateways.files.unread import SHAPE, TOTAL
from huiliu.language import text
from schemas.contract import contract

_SEARCHED: Final = 30  #: the headings are among so many rows
_AT_ONCE: Final = 20_000
_TOTALS: Final = ("合计", "总计", "小计", "共计", "总合计", "total", "grandtotal", "subtotal", "sum")


@dataclass
class Table:
    """``titles``: all headings as the sender wrote them. ``read``: rows seen below them, blank ones included."""

    kind: str
    sheet: str | None
    titles: tuple[str, ...]
    columns: Columns
    notes: list[str]
    rows: Iterator[Row]
    total: int
    seen: int = 0
    blank: int = 0
    last: int = 0  #: number of the row read last

    def portions(self) -> Iterator[list[Row]]:
        """Rows that are not blank, some at a time, cells as many as headings; a row that is no event is marked."""
        while portion := list(islice(self._filled(), _AT_ONCE)):
            yield portion

    def _filled(self) -> Iterator[Row]:
        width = len(self.titles)
        for row in self.rows:
            self.seen, self.last = self.seen + 1, row.number
            if row.mark is None and not any(cell.strip() for cell in row.cells):
                self.blank += 1
                continue
            extra = [cell for cell in row.cells[width:] if cell.strip()]
            mark = row.mark or _total(self.kind, self.columns, row.cells)
            if extra and mark is None:
                mark = Mark(SHAPE, f"{len(row.cells)}: … {' | '.join(extra)}"[:400], f"{width}")
            yield Row(row.number, [*row.cells[:width], *[""] * (width - len(row.cells))], mark)


def _total(kind: str, columns: Columns, cells: Sequence[str]) -> Mark | None:
    """A row that begins with a word for a sum, and whose key is not filled in."""
    first = next((cell for cell in cells if cell.strip()), "")
    word = headings.bare(first).rstrip(":")
    if word not in _TOTALS:
        return None
    key = set(contract(kind).key)
    keys = [cells[one.at] if one.at < len(cells) else "" for one in columns.fields if one.field.name in key]
    unfilled = any(not cell.strip() or headings.bare(cell).rstrip(":") == word for cell in keys)
    return Mark(TOTAL, plain(first)) if unfilled or not keys else None


def table(kind: str, grid: Grid, name: str, mapping: Meanings | None = None) -> Table:
    """The table in a grid. Raises FileRefused where no row holds the kind's headings."""
    top = list(islice(grid.rows, _SEARCHED))
    scores = [headings.score(kind, row.cells, mapping) for row in top]
    if not any(scores):
        raise FileRefused(_no_headings(kind, name, top))
    # The first row that is surely one of headings: below it a template says the field names again, without units.
    at = next(at for at, score in enumerate(scores) if 2 * score > max(scores))
    titles = _trimmed(top[at].cells)
    columns = headings.columns(kind, titles, mapping)
    below = at + 1
    if below < len(top) and _second_headings(kind, titles, top[below].cells):
        below += 1
    return Table(kind, grid.sheet, titles, columns, grid.notes, chain(top[below:], grid.rows), grid.total)


def _trimmed(cells: Sequence[str]) -> tuple[str, ...]:
    last = max((at for at, cell in enumerate(cells) if cell.strip()), default=-1)
    return tuple(cells[: last + 1])


def _second_headings(kind: str, titles: Sequence[str], cells: Sequence[str]) -> bool:
    """Whether the row below the headings says the same again, as in a template: every cell names a field."""
    filled = [cell for cell in cells if cell.strip()]
    return len(filled) > 1 and all(headings.field_of(kind, cell) for cell in filled) and len(filled) <= len(titles)


def _no_headings(kind: str, name: str, top: Sequence[Row]) -> str:
    seen = next((" | ".join(cell for cell in row.cells if cell.strip())[:120] for row in top if any(row.cells)), "")
    labels = "、".join(field.label_zh for field in contract(kind).fields[:6])
    return text(
        f"{name} 的前 {_SEARCHED} 行中找不到 {kind} 的标题行（{labels}……）。首行为：{seen or '（空）'}。"
        f"模板：huiliu template {kind} --out {kind}.xlsx；自有标题可用 --map '标题=字段' 对应。",
        f"No row among the first {_SEARCHED} of {name} has the headings of {kind} ({labels} …). The first is: {seen}. "
        f"A template: huiliu template {kind} --out {kind}.xlsx. Headings of your own: --map 'HEADING=FIELD'.",
    )
