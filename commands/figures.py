"""Figures as they are named and written: groups by their names, money in yuan, mass in kilogrammes."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final

from commands import arguments
from commands.errors import CommandError
from huiliu import division as divisions
from huiliu.language import text
from huiliu.money import format_fen
from huiliu.period import SHANGHAI
from schemas.contract import code_table

MICRO: Final = 1_000_000
MANY: Final = 20  # a longer list of codes is not shown whole

#: Of records in quarantine.
STATUSES: Final = {"open": "待处理", "waiting": "等待登记", "requeued": "已重新入列", "corrected": "已更正"}

COLUMNS: Final[Mapping[str, tuple[tuple[str, str, str, str], ...]]] = {
    "reading": (
        ("readings", "数据", "readings", "count"),
        ("valid", "有效", "valid", "count"),
        ("mean", "均值", "mean", "value"),
        ("maximum", "最大", "max", "value"),
        ("mass_kg", "排放量 kg", "mass kg", "value"),
        ("exceedances", "超标", "exceeded", "count"),
    ),
    "project": (
        ("projects", "项目", "projects", "count"),
        ("planned", "计划投资 元", "planned CNY", "fen"),
        ("cumulative", "累计投资 元", "invested CNY", "fen"),
    ),
    "award": (
        ("awards", "笔数", "awards", "count"),
        ("payees", "受益", "payees", "count"),
        ("amount", "金额 元", "amount CNY", "fen"),
        ("paid", "已拨 元", "paid CNY", "fen"),
    ),
    "indicator": (("value", "值", "value", "value"),),
}  #: of each kind: column, heading in both languages, how it is written

GROUP_NAMES: Final = {
    "city": ("市", "city"),
    "division": ("区划", "division"),
    "pollutant": ("因子", "factor"),
    "period": ("类型", "period"),
    "day": ("日", "day"),
    "month": ("月", "month"),
    "programme": ("专项", "programme"),
    "stage": ("阶段", "stage"),
    "policy": ("政策", "policy"),
    "clause": ("条款", "clause"),
    "fiscal_year": ("年度", "year"),
    "mode": ("方式", "mode"),
    "status": ("状态", "status"),
    "indicator": ("指标", "indicator"),
}


class PeriodKind(StrEnum):
    """The period kinds of HJ 212."""

    REALTIME = "REALTIME"
    MINUTE = "MINUTE"
    HOUR = "HOUR"
    DAY = "DAY"


def city_code(given: str) -> str:
    """A city's code; a county is refused with its city, by which figures are."""
    found = arguments.division(given)
    city = divisions.city_of(found)
    if found != city:
        raise CommandError(
            text(
                f"汇总按市：{arguments.spoken(found)} 属 {arguments.spoken(city)}，请用 --city {city}",
                f"Figures are by city: {arguments.spoken(found)} is in {arguments.spoken(city)}, use --city {city}",
            )
        )
    return city


def code(name: str, value: str) -> str:
    """A code of a code list; a wrong one is refused with what there is. Names without a list are taken as they are."""
    if name not in ("programme", "stage", "mode", "status", "pollutant", "indicator"):
        return value
    known = code_table(name)
    given = (
        value
        if value in known
        else next((c for c, entry in known.items() if value in (entry.zh, entry.en)), value.upper())
    )
    if given not in known and value.lower() in known:
        given = value.lower()
    if given in known:
        return given
    near = difflib.get_close_matches(value, known, n=8, cutoff=0.3) if len(known) > MANY else [*known]
    shown = ", ".join(f"{c} {known[c].label}" for c in near) + (" …" if len(near) < len(known) else "")
    raise CommandError(text(f"没有 {name} {value!r}，可用：{shown}", f"There is no {name} {value!r}. Allowed: {shown}"))


def measured(kind: str, row: Mapping[str, Any]) -> dict[str, Any]:
    """A group's figures as JSON: whole numbers, money in fen, measured values in their unit, mass in kg."""
    told = {name: int(value) if isinstance(value, Decimal) else value for name, value in row.items()}
    if kind != "reading":
        return told
    average, mass = told.pop("average_micro"), told.pop("mass_micro")
    mean = average / told["averaged"] / MICRO if told["averaged"] else None
    return {**told, "mean": mean, "mass_kg": mass / MICRO}


def heading(kind: str, name: str) -> tuple[str, str]:
    """What a group's column is called, in both languages."""
    return ("期间", "period") if (kind, name) == ("indicator", "period") else GROUP_NAMES[name]


def named(kind: str, name: str, value: Any) -> str:
    """A group's value as people say it: places and codes by their names."""
    if name in ("city", "division"):
        return arguments.spoken(value)
    lists = {"pollutant", "programme", "stage", "mode", "status", "indicator"}
    if name == "period" and kind == "reading":
        lists = {"period"}
    entry = code_table(name).get(str(value)) if name in lists else None
    if entry is None:
        return str(value)
    return f"{value} {entry.label}" if name in ("pollutant", "indicator") else entry.label


def written(value: Any, how: str) -> str:
    """A figure as people read it: money in yuan, counts grouped, measured values to six significant digits."""
    if value is None:
        return "-"
    if how == "fen":
        return format_fen(int(value))
    if how == "count" or abs(value) >= MICRO:
        return f"{value:,.0f}"
    return f"{value:,.6g}"


def stamp(when: datetime | None) -> str:
    """A time as Shanghai's, to the second."""
    return "-" if when is None else when.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S")
