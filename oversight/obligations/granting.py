"""Whether an exemption or an extension can be granted: what is asked must be owed, and lie ahead.

Checks only; each raises GrantRefused with the reason, which whoever asked is told and which is kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

import polars as pl

from huiliu.language import text
from huiliu.period import DAY_MS, Period, format_moment
from oversight.errors import GrantRefused
from oversight.obligations.duty import OBLIGATIONS, Duty

#: Nothing is granted for longer than ten years.
LONGEST_DAYS: Final = 3660
LONGEST_MS: Final = LONGEST_DAYS * DAY_MS


def duty_for(duties: Sequence[Duty], obligation: str, period: Period) -> Duty:
    """The duty by which an obligation is owed for a period. Raises GrantRefused."""
    of_kind = [duty for duty in duties if (duty.obligation, duty.period) == (obligation, period.kind)]
    found = [duty for duty in of_kind if duty.in_force(period)]
    if found:
        return found[0]
    kinds = ", ".join(sorted({duty.period for duty in duties if duty.obligation == obligation}))
    raise GrantRefused(
        text(
            f"没有按 {period} 报送 {obligation} 的要求（现有周期：{kinds or '无'}），请核对 --period 与 --kind",
            f"{obligation} is not owed for {period} (it is owed by: {kinds or 'nothing'}); check --period and --kind",
        )
    )


def owing(owers: pl.DataFrame, duty: Duty, division: int, subject: str | None) -> None:
    """Raises GrantRefused where nobody of the division owes this."""
    found = owers.filter(owed_by=duty.owed_by, kind=OBLIGATIONS[duty.obligation], division=division)
    if duty.owed_by != "OUTLETS":
        found = found.filter(pl.col("level").is_in(duty.levels))
    if subject is not None:
        found = found.filter(subject=subject)
    if found.is_empty():
        who = f"{division:06}" + (f" {subject}" if subject else "")
        raise GrantRefused(
            text(
                f"{who} 不负有 {duty.obligation} 的报送责任（{duty.code}）。huiliu obligation duties 列出谁报什么",
                f"{who} does not owe {duty.obligation} ({duty.code}). huiliu obligation duties says who owes what",
            )
        )


def later(duty: Duty, period: Period, granted: pl.DataFrame, until: int, now: int) -> None:
    """Raises GrantRefused where ``until`` (UTC ms) is past, or no later than the deadline in force.

    ``granted``: extensions of this obligation so far. Raises CalendarUnknown.
    """
    if until <= now:
        raise GrantRefused(
            text(
                f"新的期限 {format_moment(until)} 已过（现在是 {format_moment(now)}），请给出将来的时间",
                f"The deadline {format_moment(until)} is past (it is {format_moment(now)}): give one that lies ahead",
            )
        )
    if until > now + LONGEST_MS:
        raise GrantRefused(
            text(f"新的期限 {format_moment(until)} 超过十年", f"{format_moment(until)} is more than ten years ahead")
        )
    before = [round(moment.timestamp() * 1000) for moment in granted["until"]]
    due = max([duty.deadline.due(period), *before])
    if until <= due:
        raise GrantRefused(
            text(
                f"{period} 现有期限为 {format_moment(due)}，新的期限 {format_moment(until)} 并不更晚",
                f"The deadline for {period} is {format_moment(due)} already; {format_moment(until)} is not later",
            )
        )


def spanned(first: date, last: date) -> None:
    """Raises GrantRefused where an exemption would end before it begins, or last longer than ten years."""
    if not 0 <= (last - first).days <= LONGEST_DAYS:
        raise GrantRefused(
            text(
                f"免报起止 {first} 至 {last} 不成立：止不早于起，且不超过十年",
                f"No exemption from {first} to {last}: it must not end before it begins, nor last beyond ten years",
            )
        )
