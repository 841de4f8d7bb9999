"""Figures as a Chinese official document writes them: money in 万元, shares in percent, changes with their sign."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from huiliu.period import Period
from oversight.reports.section import Cell, Column

LIGHTS: Final = {"RED": "● 红", "YELLOW": "● 黄", "GREEN": "● 绿"}
NOTHING: Final = "—"

_QUARTERS: Final = "一二三四"


def written(column: Column, cell: Cell) -> str:
    """A cell as the document shows it; an em dash where there is none."""
    if cell is None or cell == "":
        return "" if cell == "" else NOTHING
    match column.sort:
        case "fen":
            return wan(int(cell))
        case "share":
            return percent(float(cell))
        case "points":
            return signed(_rounded(float(cell) * 100, 2))
        case "count":
            return f"{int(cell):,}"
        case "change":
            return signed(Decimal(int(cell)))
        case "places":
            moved = int(cell)
            return f"↑{moved}" if moved > 0 else f"↓{-moved}" if moved < 0 else "平"
        case "light":
            return LIGHTS[str(cell)]
        case "value":
            return f"{float(cell):,.6g}" if abs(float(cell)) < 1_000_000 else f"{float(cell):,.2f}"
        case _:
            return str(cell)


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
