"""Until when data and marks count, and what is asked of whom.

Source: the national platform's two figures, 即时 (immediate) and 补全 (after completion), published for each day on the
next (企业回流自动监控数据接口说明 V1.6, 2025-03-21). The assessment method as the ministry taught it
(数据传输有效率考核及数据修约方法): judged on what the centre received; completion within 10 days of the data; shutdown,
outage and repair entries need a document by the 10th of the next month, else the original comes back and the figure is
computed anew. No source states the deadline of hand marks for the immediate figure (noon of the next day, 12 h and
48 h are all heard), so it is a setting; noon of the next day is before the national publication at about 13:00.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import Any, Final

import polars as pl

MOMENT: Final[pl.DataType] = pl.Datetime("ms", "UTC")


@dataclass(frozen=True, slots=True)
class Windows:
    """How long after the data something counts. The last moment itself counts."""

    mark_hours: int = 12  #: hours after the end of the day, for the immediate figure
    repair_days: int = 10  #: days after the day, for completion
    document_day: int = 10  #: day of the next month, to its end, for documents


def at(moment: datetime) -> pl.Expr:
    """A moment of any zone, to compare columns with."""
    return pl.lit(moment.astimezone(UTC)).cast(MOMENT)


def day_start(day: pl.Expr) -> pl.Expr:
    """The first moment of a Shanghai day."""
    return day.cast(pl.Datetime("ms")).dt.offset_by("-8h").dt.replace_time_zone("UTC")


def immediate(windows: Windows, day: pl.Expr) -> pl.Expr:
    """Until when what was received and marked counts in the immediate figure of the day."""
    return day_start(day) + pl.lit(timedelta(days=1, hours=windows.mark_hours))


def repaired(windows: Windows, day: pl.Expr) -> pl.Expr:
    """Until when the day can be completed: the end of the last of the days after it."""
    return day_start(day) + pl.lit(timedelta(days=1 + windows.repair_days))


def documented(windows: Windows, day: pl.Expr) -> pl.Expr:
    """Until when documents for the day count: the end of that day of the next month."""
    last = day.dt.truncate("1mo").dt.offset_by("1mo") + pl.lit(timedelta(days=windows.document_day - 1))
    return day_start(last) + pl.lit(timedelta(days=1))


def settled_on(windows: Windows, day: date) -> date:
    """The first day on which the completed figure of a day can no longer change."""
    following = (day.replace(day=1) + timedelta(days=32)).replace(day=windows.document_day)
    return max(following, day + timedelta(days=windows.repair_days)) + timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Requirement:
    """What is asked of an outlet and of a city, as shares, with the source."""

    passing: float
    city_floor: float
    source: str


@cache
def _requirements() -> tuple[dict[str, Any], ...]:
    told = json.loads(files("oversight.transmission").joinpath("requirements.json").read_text("utf-8"))
    return tuple(told["requirements"])


def requirement(division: str, year: int) -> Requirement:
    """What holds for a division in a year: the entry of the longest matching region, then of the latest year."""
    fitting = [
        entry
        for entry in _requirements()
        if entry["from_year"] <= year and division.startswith(entry["region"].rstrip("0"))
    ]
    best = max(fitting, key=lambda entry: (len(entry["region"].rstrip("0")), entry["from_year"]))
    return Requirement(best["passing"], best["city_floor"], best["source"])


def shanghai_days(first: date, last: date) -> pl.DataFrame:
    """Column ``day``: both ends included."""
    return pl.DataFrame({"day": pl.date_range(first, last, eager=True)})
