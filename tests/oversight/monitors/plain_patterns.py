"""Patterns of tampering said again in plain Python, one moment and one outlet's factor at a time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from statistics import median, stdev
from typing import Any

Row = dict[str, Any]


def in_order(rows: Sequence[Row], moment: datetime) -> list[Row]:
    """What was received by then and not overtaken by a later hour."""
    seen = sorted((row for row in rows if row["received_at"] <= moment), key=lambda row: row["start"])
    return [
        row for place, row in enumerate(seen)
        if not any(later["received_at"] < row["received_at"] for later in seen[place + 1 :])
    ]  # fmt: skip


def good(rows: Sequence[Row], moment: datetime) -> list[Row]:
    return [row for row in in_order(rows, moment) if row["valid"] and row["value"] is not None]


def frozen(rows: Sequence[Row], moment: datetime, least: int) -> bool:
    last = [row["value"] for row in good(rows, moment)][-least:]
    return len(last) == least and len(set(last)) == 1


def days(rows: Sequence[Row], moment: datetime) -> list[list[Row]]:
    """Judged days in order: their hours as known at noon of the next."""
    found = []
    starts = sorted({(row["start"] + timedelta(hours=8)).date() for row in rows})
    for day in starts:
        noon = datetime(day.year, day.month, day.day, 16, tzinfo=moment.tzinfo) + timedelta(hours=12)
        if noon > moment:
            continue
        hours = [
            row for row in good(rows, moment)
            if (row["start"] + timedelta(hours=8)).date() == day and row["received_at"] <= noon
        ]  # fmt: skip
        if len(hours) >= 20:
            found.append(hours)
    return found


def flat(rows: Sequence[Row], moment: datetime, share: float, in_row: int, learn: int) -> bool:
    deviations = [stdev([row["value"] for row in day]) for day in days(rows, moment)]
    if len(deviations) < in_row:
        return False
    for place in range(len(deviations) - in_row, len(deviations)):
        before = deviations[max(0, place - learn) : place]
        if len(before) < 14 or deviations[place] >= median(before) * share / 100:
            return False
    return True


def hugging(rows: Sequence[Row], moment: datetime, within: float, share: float, in_row: int) -> bool:
    window = days(rows, moment)[-in_row:]
    hours = [row for day in window for row in day]
    near = [
        row for row in hours if row["limit_value"] * (1 - within / 100) <= row["value"] <= row["limit_value"]
    ]  # fmt: skip
    return len(window) == in_row and 100 * len(near) / len(hours) >= share
