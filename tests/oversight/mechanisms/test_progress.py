"""Where projects stood at the end of a period, by their reports up to then."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from huiliu import period as periods
from oversight.mechanisms.progress import lights, state
from oversight.rule_files import shipped
from tests.oversight.mechanisms.histories import AFTER, WAN, history, told


def one(rows: list[dict[str, Any]], period: str) -> dict[str, Any]:
    (row,) = state(told(rows), periods.parse(period), AFTER).to_dicts()
    return dict(row)


def test_what_was_done_in_a_period_is_the_difference_to_the_last_report_before() -> None:
    rows = history("A", ("2025-01", 5), ("2025-03", 20), ("2025-04", 30), ("2025-07", 60))
    assert one(rows, "2025-04")["invested"] == 1_000 * WAN
    assert one(rows, "2025Q2")["invested"] == 1_000 * WAN
    assert one(rows, "2025-02")["invested"] == 0  # no report of February: nothing is known to be done
    assert one(rows, "2025-02")["silent"] == 1
    assert one(rows, "2025-04")["month"] == "2025-04"  # July is not known yet


def test_a_first_report_tells_nothing_of_its_month_unless_the_project_started_in_it() -> None:
    rows = history("A", ("2025-01", 5))
    assert one(rows, "2025-01")["invested"] == 500 * WAN
    assert one(history("A", ("2025-01", 5), actual_start=date(2024, 12, 31)), "2025-01")["invested"] is None


def test_months_without_progress_stopped_overdue_and_not_started_are_counted() -> None:
    rows = history("A", ("2025-01", 5), ("2025-02", 9), ("2025-03", 9), ("2025-04", 9))
    assert [one(rows, month)["still"] for month in ("2025-02", "2025-03", "2025-04")] == [0, 1, 2]
    stopped = [*rows[:2], *({**row, "stage": "STOPPED"} for row in rows[2:])]
    assert [one(stopped, month)["stopped"] for month in ("2025-02", "2025-03", "2025-04")] == [0, 1, 2]
    late = history("A", ("2026-02", 80))
    assert one(late, "2026-02")["overdue"] == 1
    before = history("A", ("2025-04", 0), stage="PRELIMINARY", actual_start=None)
    assert (one(before, "2025-04")["unstarted"], one(before, "2025-04")["still"]) == (3, 0)
    done = history("A", ("2026-03", 100), stage="COMPLETED", actual_completion=date(2026, 2, 1))
    assert one(done, "2026-03")["overdue"] == 0


@pytest.mark.parametrize(
    ("months", "period", "reports", "expected"),
    [
        ((("2025-01", 1), ("2025-02", 2), ("2025-03", 3)), "2025Q1", 3, 3),
        ((("2025-01", 1), ("2025-03", 3)), "2025Q1", 2, 3),
        ((("2025-02", 1), ("2025-03", 3)), "2025Q1", 2, 2),  # due from the first report on
        ((("2024-06", 1),), "2025Q1", 0, 3),
    ],
)
def test_a_report_is_due_for_every_month_from_the_first(
    months: tuple[tuple[str, float], ...], period: str, reports: int, expected: int
) -> None:
    row = one(history("A", *months), period)
    assert (row["reports"], row["expected"]) == (reports, expected)


def test_after_completion_no_report_is_due() -> None:
    rows = history("A", ("2025-01", 90), ("2025-02", 100))
    rows[1] |= {"stage": "COMPLETED", "actual_completion": date(2025, 2, 20)}
    assert (one(rows, "2025Q1")["reports"], one(rows, "2025Q1")["expected"]) == (2, 2)
    assert one(rows, "2025Q2")["expected"] == 0


def test_lights_are_those_of_the_rules_at_the_end_of_the_period() -> None:
    """Half of the year gone at the end of June: 45 % is in time, 35 % yellow (15 points), 15 % red (34 points)."""
    known = told(
        history("A", ("2025-06", 45)), history("B", ("2025-06", 35)), history("C", ("2025-06", 15), ("2025-09", 80))
    )
    june = lights(known, periods.parse("2025-06"), AFTER, shipped()).rows()
    assert june == [("B", "YELLOW"), ("C", "RED")]


STEPS = st.lists(st.integers(0, 20), min_size=1, max_size=12)


@settings(deadline=None, max_examples=40)
@given(STEPS)
def test_the_months_of_a_year_add_up_to_the_year(steps: list[int]) -> None:
    totals = [min(100, sum(steps[: n + 1])) for n in range(len(steps))]
    rows = history("A", *((f"2025-{n + 1:02d}", total) for n, total in enumerate(totals)))
    months = [one(rows, f"2025-{n + 1:02d}")["invested"] for n in range(len(steps))]
    assert sum(months) == one(rows, "2025")["invested"] == totals[-1] * 100 * WAN
    assert all(done >= 0 for done in months)
