"""The units in which rules of oversight state a threshold. Every number of a rule has one."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from huiliu.language import Language, language

#: Name in a rule file: how people read it, zh and en. A percentage point (``point``) is a difference of percentages.
UNITS: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "point": (" 个百分点", " percentage points"),
        "%": ("%", "%"),
        "day": (" 天", " days"),
        "workday": (" 个工作日", " working days"),
        "month": (" 个月", " months"),
        "hour": (" 小时", " hours"),
        "time": (" 次", " times"),
        "multiple": (" 倍", " times as much"),
        "value": (" 个数据", " values"),
        "yuan": (" 元", " yuan"),
    }
)


def unit(name: str, of: Language | None = None) -> str:
    """The unit as it stands after a number; one that rules do not know (an indicator's 户, 家) is its own name."""
    zh, en = UNITS.get(name, (f" {name}", f" {name}"))
    return zh if (of or language()) == "zh" else en


def quantity(number: float | None, name: str, of: Language | None = None) -> str:
    """A number with its unit, at most two decimals: 30 个百分点, 1,250,000.5 yuan; a dash where there is none."""
    if number is None:
        return "—"
    told = f"{number:,.2f}".rstrip("0").rstrip(".")
    return told + unit(name, of)
