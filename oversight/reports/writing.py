"""Figures as a Chinese official document writes them: money in 万元, shares in percent, changes with their sign."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

from huiliu.period import Period
from oversight.reports.section import Cell, Column

LIGHTS: Final = {"RED": "● 红", "YELLOW": "● 黄", "GREEN": "● 绿"}
NOTHING: Final = "—"
LARGE: Final = 1_000_000  #: from here on a value is written with two places

_QUARTERS: Final = "一二三四"


def written(column: Column, cell: Cell) -> str:
    """A cell as the document shows it; an em dash where there is none."""
    if cell is None or cell == "":
        return "" if cell == "" else NOTHING
    write = _WRITE.get(column.sort)
    return str(cell) if write is None else write(cell)


def _places(moved: int) -> str:
    return f"↑{moved}" if moved > 0 else f"↓{-moved}" if moved < 0 else "平"


def _value(value: float) -> str:
    return f"{float(value):,.6g}" if abs(float(value)) < LARGE else f"{float(value):,.2f}"


def heading(column: Column) -> str:
    """A column's heading with its unit."""
    unit = {"fen": "\n（万元）", "points": "\n（百分点）"}.get(column.sort, "")
    return column.heading + unit


def _rounded(number: float | Decimal, places: int) -> Decimal:
    told = number if isinstance(number, Decimal) else Decimal(repr(number))
    return told.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def percent(share: float) -> str:
    """A share as percent with two places, half up: 95.54%."""
    return f"{_rounded(Decimal(repr(share)) * 100, 2)}%"


def wan(fen: int) -> str:
    """Fen as ten thousand yuan with two places, half up."""
    return f"{_rounded(Decimal(fen) / 1_000_000, 2):,}"


def signed(number: Decimal) -> str:
    """With its sign; zero is 持平, so that nobody takes it for missing."""
    return "持平" if number == 0 else f"{number:+,}"


def moved(points: float | None) -> str:
    """A change of a share as a phrase: 比上期上升 0.32 个百分点; empty where the last period has no figure."""
    if points is None:
        return ""
    told = _rounded(points * 100, 2)
    if told == 0:
        return "，与上期持平"
    return f"，比上期{'上升' if told > 0 else '下降'}{abs(told)}个百分点"


def differs(change: int | None, unit: str) -> str:
    """A change of a count as a phrase: 比上期增加12条."""
    if change is None:
        return ""
    if change == 0:
        return "，与上期持平"
    return f"，比上期{'增加' if change > 0 else '减少'}{abs(change):,}{unit}"


def named(period: Period) -> str:
    """A period in words: 2026年第二季度, 2026年5月, 2026年."""
    year = f"{period.first.year}年"
    if period.kind == "quarter":
        return f"{year}第{_QUARTERS[(period.first.month - 1) // 3]}季度"
    return f"{year}{period.first.month}月" if period.kind == "month" else f"{year}度"


def day(iso: str) -> str:
    """A day in words: 2026年7月5日."""
    year, month, rest = iso[:10].split("-")
    return f"{int(year)}年{int(month)}月{int(rest)}日"


def listing(names: list[str], most: int = 5) -> str:
    """Names with 、 between them; beyond ``most`` the rest is counted."""
    if len(names) <= most:
        return "、".join(names)
    return f"{'、'.join(names[:most])}等{len(names)}市"


_WRITE: Final[Mapping[str, Callable[[Any], str]]] = {
    "fen": lambda cell: wan(int(cell)),
    "share": lambda cell: percent(float(cell)),
    "points": lambda cell: signed(_rounded(float(cell) * 100, 2)),
    "count": lambda cell: f"{int(cell):,}",
    "change": lambda cell: signed(Decimal(int(cell))),
    "places": lambda cell: _places(int(cell)),
    "light": lambda cell: LIGHTS[str(cell)],
    "score": lambda cell: f"{_rounded(float(cell), 2)}",
    "value": _value,
}
