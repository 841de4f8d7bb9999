"""A section of a report: one table of figures, each cell with its unit, addressed by section, row key and column.

A section is data and nothing else: what PDF and XLSX show, and what a corrigendum compares, are these cells.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal

Cell = str | int | float | None

#: How a column's cells are to be read. ``fen``: money; ``share``: 0 to 1; ``points``: difference of shares; ``change``:
#: difference of counts; ``places``: difference of ranks, positive is better; ``light``: RED, YELLOW or GREEN;
#: ``score``: points of an assessment, two places.
Sort = Literal[
    "text", "division", "count", "change", "fen", "share", "points", "rank", "places", "light", "value", "score",
]  # fmt: skip
NUMBERS: Final = ("count", "change", "fen", "share", "points", "rank", "places", "value", "score")


@dataclass(frozen=True, slots=True)
class Column:
    """``heading``: in Chinese. ``meaning``: what is counted, for the data dictionary."""

    name: str
    heading: str
    sort: Sort
    meaning: str = ""

    @property
    def unit(self) -> str:
        """The unit of a cell as the snapshot has it."""
        return {"fen": "分", "share": "比例", "points": "比例之差", "rank": "名次", "places": "名次"}.get(self.sort, "")


@dataclass(frozen=True)
class Section:
    """``key``: how many leading columns name a row. ``absent``: why there are no figures, else None.

    ``opening``: by row key (joined by ``/``) the command that opens the row's figures. ``control``: what was compared,
    as rows of name, figure, control total. ``whole``: too long for the printed notice, only in the workbook.
    """

    code: str
    title: str
    columns: tuple[Column, ...] = ()
    key: int = 1
    rows: tuple[tuple[Cell, ...], ...] = ()
    total: tuple[Cell, ...] | None = None
    absent: str | None = None
    notes: tuple[str, ...] = ()
    facts: Mapping[str, Cell] = field(default_factory=dict)
    opening: Mapping[str, str] = field(default_factory=dict)
    control: tuple[tuple[str, Cell, Cell], ...] = ()
    workbook_only: bool = False

    def at(self, name: str) -> int:
        """The position of a column. Raises KeyError."""
        for place, column in enumerate(self.columns):
            if column.name == name:
                return place
        raise KeyError(name)

    def column(self, name: str) -> list[Cell]:
        """All cells of a column, in row order."""
        place = self.at(name)
        return [row[place] for row in self.rows]

    def row_key(self, row: Sequence[Cell]) -> str:
        """What names the row."""
        return "/".join(str(cell) for cell in row[: self.key])

    def of_total(self, name: str) -> Cell:
        """A cell of the total row; None where there is no total."""
        return None if self.total is None else self.total[self.at(name)]

    def told(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "code": self.code,
            "title": self.title,
            "columns": [[c.name, c.heading, c.sort, c.meaning] for c in self.columns],
            "key": self.key,
            "rows": [list(row) for row in self.rows],
            "total": None if self.total is None else list(self.total),
            "absent": self.absent,
            "notes": list(self.notes),
            "facts": dict(self.facts),
            "opening": dict(self.opening),
            "control": [list(row) for row in self.control],
            "workbook_only": self.workbook_only,
        }


def read(told: Mapping[str, Any]) -> Section:
    """A section from its JSON."""
    return Section(
        code=told["code"],
        title=told["title"],
        columns=tuple(Column(*column) for column in told["columns"]),
        key=told["key"],
        rows=tuple(tuple(row) for row in told["rows"]),
        total=None if told["total"] is None else tuple(told["total"]),
        absent=told["absent"],
        notes=tuple(told["notes"]),
        facts=told["facts"],
        opening=told["opening"],
        control=tuple(tuple(row) for row in told["control"]),
        workbook_only=told["workbook_only"],
    )
