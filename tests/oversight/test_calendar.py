"""Working days: cases from the State Council's notices, and what holds of every day of the years that are known."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oversight import calendar
from oversight.calendar import Pause, add_workdays, is_workday, next_workday, nth_workday, workdays_after
from oversight.errors import CalendarUnknown, OversightError

DAY = timedelta(days=1)
days = st.dates(date(2004, 2, 1), date(2026, 10, 31))


@pytest.mark.parametrize(
    ("day", "worked"),
    [
        ("2024-10-01", False),  # National Day
        ("2024-10-07", False),  # a Monday of the long holiday
        ("2024-10-12", True),  # a Saturday worked for it
        ("2024-09-29", True),  # a Sunday worked for it
        ("2024-10-13", False),
        ("2020-01-31", False),  # Spring Festival, made longer in 2020
        ("2020-02-01", False),
        ("2025-01-26", True),  # a Sunday worked for Spring Festival
        ("2025-10-06", False),  # Mid-Autumn within National Day
        ("2025-10-11", True),
        ("2026-02-14", True),  # a Saturday worked for Spring Festival
        ("2026-02-23", False),
        ("2026-05-09", True),
        ("2026-10-10", True),
        ("2015-09-03", False),  # seventy years after the war, once only
        ("2014-09-03", True),
        ("2026-11-25", True),
    ],
)
def test_a_day_is_worked_as_the_notice_of_its_year_says(day: str, worked: bool) -> None:
    assert is_workday(date.fromisoformat(day)) is worked


@pytest.mark.parametrize(
    ("month", "n", "day"),
    [((2024, 10), 5, "2024-10-12"), ((2025, 10), 1, "2025-10-09"), ((2026, 1), 1, "2026-01-04"),
     ((2025, 6), 5, "2025-06-09"), ((2026, 2), 5, "2026-02-06"), ((2026, 5), 5, "2026-05-11")],
)  # fmt: skip
def test_the_nth_working_day_of_a_month_knows_holidays_and_worked_weekends(
    month: tuple[int, int], n: int, day: str
) -> None:
    assert nth_workday(*month, n) == date.fromisoformat(day)


def test_every_day_of_every_known_year_rolls_forward_to_the_first_working_day_and_counts_add_up() -> None:
    """All days of 2004 to 2026, each against a walk day by day."""
    day, worked = calendar.FIRST_DAY, 0
    coming: list[date] = []
    while day <= calendar.LAST_DAY:
        coming.append(day)
        if is_workday(day):
            worked += 1
            assert {next_workday(waiting) for waiting in coming} == {day}
            assert all(add_workdays(waiting - DAY, 1) == day for waiting in coming if waiting > calendar.FIRST_DAY)
            coming = []
        assert workdays_after(calendar.FIRST_DAY, day) == worked - is_workday(calendar.FIRST_DAY)
        day += DAY
    assert 240 * 23 < worked < 254 * 23


@given(days, st.integers(-10, 30))
def test_so_many_working_days_on_and_back_again_is_the_same_working_day(day: date, n: int) -> None:
    start = next_workday(day)
    there = add_workdays(start, n)
    assert is_workday(there)
    assert add_workdays(there, -n) == start
    assert workdays_after(min(start, there), max(start, there)) == abs(n)


@given(days, st.integers(0, 20), st.lists(st.tuples(st.integers(0, 30), st.integers(0, 9)), max_size=3))
def test_no_day_of_a_pause_runs_towards_a_deadline(day: date, n: int, spans: list[tuple[int, int]]) -> None:
    pauses = [Pause(day + after * DAY, day + (after + length) * DAY) for after, length in spans]
    due = add_workdays(day, n, pauses)
    stopped = {pause.first + k * DAY for pause in pauses for k in range((pause.last - pause.first).days + 1)}
    ran = [d for d in (day + k * DAY for k in range((due - day).days + 1)) if is_workday(d) and d not in stopped]
    assert due in ran
    assert len([d for d in ran if d > day]) == n or (n == 0 and ran == [due])


@pytest.mark.parametrize(
    "ask",
    [
        lambda: is_workday(date(2027, 1, 4)),
        lambda: is_workday(date(2003, 12, 31)),
        lambda: next_workday(date(2027, 1, 1)),
        lambda: add_workdays(date(2026, 12, 30), 5),
        lambda: add_workdays(date(2004, 1, 5), -5),
        lambda: nth_workday(2027, 1, 5),
        lambda: workdays_after(date(2026, 12, 1), date(2027, 1, 4)),
        lambda: add_workdays(date(2026, 12, 25), 3, [Pause(date(2026, 12, 26), date(2027, 6, 1))]),
    ],
)
def test_a_year_that_nobody_has_told_of_is_refused_with_the_years_known_and_what_to_do(ask: object) -> None:
    with pytest.raises(CalendarUnknown, match=r"(?s)(2027|2003).*2004.*2026.*pip install -U chinesecalendar"):
        ask()  # type: ignore[operator]


def test_a_month_without_so_many_working_days_is_said() -> None:
    with pytest.raises(OversightError, match=r"2025-02 has no working day number 25|2025 年 2 月没有第 25 个工作日"):
        nth_workday(2025, 2, 25)
