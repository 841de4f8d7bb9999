"""Projects over months, for tests of the mechanisms."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from huiliu import period as periods
from oversight.facts import Facts
from oversight.mechanisms.all_eight import MECHANISMS
from oversight.mechanisms.criteria import criteria
from oversight.rule_files import shipped
from tests.oversight.rows import facts, project

WAN = 1_000_000  # fen
AFTER = datetime(2026, 2, 1, tzinfo=UTC)
#: A project of 2025 of 100 million yuan in the province's library, begun in time.
FIXED = {
    "tier": "PROVINCE", "planned_investment": 10_000 * WAN, "planned_start": date(2025, 1, 1),
    "planned_completion": date(2025, 12, 31), "actual_start": date(2025, 1, 5),
}  # fmt: skip


def history(code: str, *months: tuple[str, float], **changes: Any) -> list[dict[str, Any]]:
    """Monthly reports of a project: month and progress; investment is progress of the plan unless ``done`` says."""
    fixed = {**FIXED, **changes}
    return [
        project(
            **{
                **fixed,
                "project_code": code,
                "month": month,
                "progress": progress,
                "cumulative_investment": int(fixed["planned_investment"] * progress / 100),
            }
        )
        for month, progress in months
    ]


def told(*histories: list[dict[str, Any]], awards: list[dict[str, Any]] | None = None) -> Facts:
    """Facts of these projects."""
    return facts(project=[row for one in histories for row in one], award=awards or [])


def run(mechanism: str, known: Facts, period: str, as_of: datetime = AFTER) -> list[dict[str, Any]]:
    """What the mechanism lists by the shipped criteria and rules."""
    span = periods.parse(period)
    rows = MECHANISMS[mechanism](known, criteria(mechanism, span.last), span, as_of, shipped())
    return list(rows.to_dicts())
