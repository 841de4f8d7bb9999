"""The province's own file of working days: the years that the package does not have yet."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from oversight import calendar, calendar_file
from oversight.calendar import LAST_YEAR, add_workdays, is_workday, workdays_after
from oversight.errors import CalendarFileRefused, CalendarUnknown

NEXT = LAST_YEAR + 1
FIRST = {"year": NEXT, "source": "国办发明电", "holidays": [f"{NEXT}-01-01", f"{NEXT}-10-01"], "worked": []}


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    calendar._own.cache_clear()
    calendar._workdays.cache_clear()
    yield
    calendar._own.cache_clear()
    calendar._workdays.cache_clear()


def written(folder: Path, *years: dict[str, Any], **more: Any) -> Path:
    path = folder / "calendar.json"
    path.write_text(json.dumps({"years": years, **more}), "utf-8")
    return path


def weekend_of(year: int) -> date:
    return next(day for day in (date(year, 1, n) for n in range(2, 9)) if day.weekday() == 5)


def test_a_deadline_runs_into_a_year_that_only_the_file_has(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(CalendarUnknown, match="HUILIU_CALENDAR"):
        add_workdays(date(LAST_YEAR, 12, 1), 45)
    calendar._workdays.cache_clear()
    worked = weekend_of(NEXT)
    given = {**FIRST, "worked": [worked.isoformat()]}
    monkeypatch.setenv("HUILIU_CALENDAR", str(written(tmp_path, given)))
    calendar._own.cache_clear()
    assert not is_workday(date(NEXT, 1, 1))
    assert is_workday(worked)
    due = add_workdays(date(LAST_YEAR, 12, 1), 45)
    assert due.year == NEXT
    assert workdays_after(date(LAST_YEAR, 12, 1), due) == 45
    with pytest.raises(CalendarUnknown, match=f"{LAST_YEAR + 2}"):
        is_workday(date(LAST_YEAR + 2, 1, 4))


def test_each_day_of_a_year_is_off_by_notice_or_weekend_unless_it_is_worked(tmp_path: Path) -> None:
    worked = weekend_of(NEXT)
    (year,) = calendar_file.read(written(tmp_path, {**FIRST, "worked": [worked.isoformat()]}), LAST_YEAR)
    days = set(year.workdays())
    weekdays = {
        date.fromordinal(n)
        for n in range(date(NEXT, 1, 1).toordinal(), date(NEXT + 1, 1, 1).toordinal())
        if date.fromordinal(n).weekday() < 5
    }
    assert days == (weekdays - {date(NEXT, 1, 1), date(NEXT, 10, 1)}) | {worked}


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"year": LAST_YEAR}, f"应为 {NEXT}"),
        ({"year": NEXT + 1, "holidays": [f"{NEXT + 1}-01-01"]}, f"应为 {NEXT}"),
        ({"holidays": []}, "一年总有法定节假日"),
        ({"holidays": [f"{LAST_YEAR}-10-01"]}, f"不在 {NEXT} 年"),
        ({"holidays": [f"{NEXT}-02-30"]}, "不是日期"),
        ({"worked": [f"{NEXT}-01-01"]}, "不是周末|既放假又上班"),
        ({"source": ""}, "不能为空"),
        ({"half_days": []}, "没有这个字段"),
    ],
    ids=["known already", "gap", "no holiday", "another year", "no day", "weekday or both", "no source", "unknown"],
)
def test_a_file_that_says_what_no_notice_says_is_refused_with_the_place(
    change: dict[str, Any], told: str, tmp_path: Path
) -> None:
    with pytest.raises(CalendarFileRefused, match=told) as refused:
        calendar_file.read(written(tmp_path, {**FIRST, **change}), LAST_YEAR)
    assert all(fault.file == "calendar.json" and fault.place for fault in refused.value.faults)
