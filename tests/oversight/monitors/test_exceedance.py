"""Hours and days over the limit: examples, a plain recomputation, and one pass over a time against many moments."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from oversight.monitors.exceedance import days_over, hours_over
from tests.oversight.monitors.hours import HOUR, at, declaration, declarations, reading, readings

NONE = declarations()
LATER = at(10_000)


def spans(frame: pl.DataFrame, said: pl.DataFrame = NONE, before: datetime = LATER, hold: float = 2) -> list[Any]:
    return list(hours_over(frame, said, before, hold=hold).select("opens", "closes", "over").iter_rows())


def test_consecutive_hours_over_are_one_matter_until_an_hour_within_the_limit_is_known() -> None:
    frame = readings(*(reading(hour, value) for hour, value in enumerate([90, 110, 130, 120, 100, 80])))
    minutes = timedelta(minutes=5)
    assert spans(frame) == [(at(2) + minutes, at(6) + minutes, 3)]


def test_equal_to_the_limit_is_not_over_it() -> None:
    assert spans(readings(reading(0, 100.0))) == []


def test_hours_that_are_no_evidence_neither_begin_nor_end_an_exceedance() -> None:
    frame = readings(reading(0, 110), reading(1, 500, valid=False), reading(2, 50, valid=False), reading(3, None))
    ((opens, closes, over),) = spans(frame)
    assert (opens, closes, over) == (at(1) + timedelta(minutes=5), None, 1)


def test_an_hour_sent_behind_newer_ones_stands_for_hold() -> None:
    frame = readings(reading(0, 110, late=48), *(reading(hour, 50) for hour in range(1, 60)))
    known = at(49) + timedelta(minutes=5)
    assert spans(frame, hold=24) == [(known, known + 24 * HOUR, 1)]


def test_a_stop_declared_afterwards_ends_it_when_it_is_recorded_and_a_withdrawal_brings_it_back() -> None:
    frame = readings(reading(0, 110))
    said = declarations(declaration(0, 1, 5, withdrawn=9))
    first = at(1) + timedelta(minutes=5)
    assert [row[:2] for row in spans(frame, said)] == [(first, at(5)), (at(9), None)]


def test_a_day_is_judged_at_noon_of_the_next_from_twenty_hours_that_count() -> None:
    day = [reading(hour, 130 if hour < 20 else 10, valid=hour < 20) for hour in range(24)]
    quiet = [reading(24 + hour, 50) for hour in range(24)]
    found = days_over(readings(*day, *quiet), NONE, LATER, hold=24, least=20)
    assert found.select("opens", "closes", "reached").rows() == [(at(36), at(60), 130.0)]
    assert days_over(readings(*day[1:], *quiet), NONE, LATER, hold=24, least=20).is_empty()


def test_a_day_whose_hours_came_late_is_judged_when_completion_ends() -> None:
    day = [reading(hour, 130, late=72) for hour in range(24)]
    following = [reading(24 * number + hour, 50) for number in range(1, 4) for hour in range(24)]
    found = days_over(readings(*day, *following), NONE, LATER, hold=24, least=20)
    noon = at(24 + 12 + 240)
    assert found.select("opens", "closes").rows() == [(noon, noon + 24 * HOUR)]


def test_a_day_over_by_both_figures_is_one_exceedance() -> None:
    day = [reading(hour, 130, late=60 if hour == 23 else 0) for hour in range(24)]
    following = [reading(24 * number + hour, 50) for number in range(1, 4) for hour in range(24)]
    assert days_over(readings(*day, *following), NONE, LATER, hold=24, least=20)["opens"].to_list() == [at(36)]


HOURS = st.lists(
    st.tuples(
        st.sampled_from([50.0, 100.0, 120.0, 150.0, None]), st.sampled_from([True, True, True, False]),
        st.sampled_from([0, 0, 0, 1, 3, 30]),
    ),
    min_size=1,
    max_size=20,
)  # fmt: skip
SAID = st.lists(
    st.tuples(st.integers(0, 25), st.integers(1, 8), st.integers(-3, 40), st.none() | st.integers(1, 12)), max_size=3
)


@settings(max_examples=30, deadline=None)
@given(hours=HOURS, said=SAID, hold=st.integers(0, 5))
def test_what_stands_at_any_moment_is_what_a_plain_recomputation_says_and_later_facts_do_not_change_it(
    hours: list[Any], said: list[Any], hold: int
) -> None:
    rows = [reading(n, value, valid=valid, late=late) for n, (value, valid, late) in enumerate(hours)]
    told = [
        declaration(first, first + length, recorded, None if after is None else recorded + after)
        for first, length, recorded, after in said
    ]
    frame, declared = readings(*rows), declarations(*told)
    found = hours_over(frame, declared, LATER, hold=hold).select("opens", "closes").rows()
    for moment in _moments(rows, told, hold):
        held = [opens for opens, closes in found if opens <= moment and (closes is None or moment < closes)]
        assert bool(held) == _stands(rows, told, hold, moment)
        before = moment + timedelta(milliseconds=1)
        cut = hours_over(frame.filter(pl.col("received_at") <= moment), declared, before, hold=hold)
        now = cut.filter(pl.col("closes").is_null() | (pl.col("closes") > moment))
        assert now["opens"].to_list() == held


def _moments(rows: Sequence[dict[str, Any]], told: Sequence[dict[str, Any]], hold: int) -> list[datetime]:
    known = [row["received_at"] for row in rows]
    said = [one[name] for one in told for name in ("recorded_at", "withdrawn_at") if one[name] is not None]
    return sorted({*known, *(moment + hold * HOUR for moment in known), *said})


def _stands(rows: Sequence[dict[str, Any]], told: Sequence[dict[str, Any]], hold: int, moment: datetime) -> bool:
    seen = [row for row in rows if row["received_at"] <= moment and row["valid"] and row["value"] is not None]
    said = [
        one for one in told
        if one["recorded_at"] <= moment and (one["withdrawn_at"] is None or one["withdrawn_at"] > moment)
    ]  # fmt: skip
    for hour in seen:
        if hour["value"] <= hour["limit_value"]:
            continue
        if any(one["starts"] <= hour["start"] < one["ends"] for one in said):
            continue
        cleared = any(row["start"] > hour["start"] and row["value"] <= row["limit_value"] for row in seen)
        if moment < hour["received_at"] + hold * HOUR or not cleared:
            return True
    return False
